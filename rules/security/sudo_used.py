"""A RUN uses sudo.

## What it finds

`sudo` in a RUN.

## Why it costs

A build runs as root unless USER says otherwise, so sudo has nothing to give; it does not hand signals and the terminal
on as a build needs them, takes variables away, and leaves in the image a way to become root.

## When to allow it

In images whose user is not root and that rely on sudo (as those of CI services): `USER root` before the step and
`USER` behind it do the same without it.

## References

- hadolint DL3004
- https://docs.docker.com/build/building/best-practices/#user
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque, run_text
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "sudo is used in a build", "error", aliases=("DL3004", "CKV2_DOCKER_1", "DS-0010"), on=(Run,), words=("sudo",)
)

BAD = (
    Example("FROM debian:12\nRUN «sudo» apt-get update\n"),
    Example("FROM debian:12\nRUN true && A=b «sudo» -E make install; sudo true\n"),
)
GOOD = (
    Example("FROM debian:12\nUSER root\nRUN apt-get update\nUSER app\n"),
    Example("FROM debian:12\nRUN apt-get install -y sudo\n"),
    Example("FROM debian:12\nRUN gosu app true\n"),
    Example("FROM debian:12\nRUN echo 'app ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/app\n"),
    Example("FROM debian:12\nRUN su app -c true\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "sudo" not in run_text(instruction):
        return
    read = see.commands(instruction)
    for command in () if isinstance(read, Opaque) else read:
        used = next((word for word in (*command.wrappers, *command.words[:1]) if word.text.endswith("sudo")), None)
        if used is not None and used.text.rpartition("/")[2] == "sudo":
            yield Diagnostic(
                primary=used.span,
                message="`sudo` is used in a build",
                cost="it gives nothing to root, and leaves a way to become root in the image",
                cure="leave it out, or write `USER root` before the step",
                aliases=None if -1 not in command.subshell and used.text == "sudo" else (),
            )
            return
