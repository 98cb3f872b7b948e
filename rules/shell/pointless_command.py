"""A RUN uses a command that does little in a container.

## What it finds

`ssh`, `vim`, `shutdown`, `service`, `ps`, `free`, `top`, `kill` and `mount` in a RUN.

## Why it costs

What they show or start is gone when the step ends: processes do not live on in the image, mounts are not kept, nobody
is there to look or to type.

## When to allow it

Where a service is needed only while the step runs, as to fill a database. `ssh` in a RUN with `--mount=type=ssh` is a
use of it and is not reported; hadolint reports it.

## References

- hadolint DL3001
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "a command has no use in a container",
    "info",
    aliases=("DL3001",),
    on=(Run,),
    words=("free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"),
)

BAD = (
    Example("FROM debian:12\nRUN «service» nginx start\n"),
    Example("FROM debian:12\nRUN true && «ps» aux\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN systemctl enable nginx\n"),
    Example("FROM debian:12\nRUN --mount=type=ssh ssh -T git@example.org\n"),
    Example("FROM debian:12\nRUN echo service\n"),
    Example("FROM debian:12\nRUN apt-get install -y vim ssh\n"),
    Example("FROM debian:12\nRUN ssh-keygen -A && pkill x\n"),
)

_POINTLESS = ("free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    assert isinstance(instruction.body, Run)
    for command in see.calls(instruction, *_POINTLESS):
        if command.program == "ssh" and any(mount.kind == "ssh" for mount in instruction.body.mounts):
            continue
        yield Diagnostic(
            primary=command.words[0].span,
            message=f"`{command.program}` does little in a build",
            cost="what it shows or starts is gone when the step ends",
            cure="leave it out, or do it when the container starts",
            aliases=None if command.direct else (),
        )
