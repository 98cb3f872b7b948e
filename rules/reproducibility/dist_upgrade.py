"""A RUN upgrades the distribution to its next state.

## What it finds

`apt-get dist-upgrade`, `apt full-upgrade`, `aptitude full-upgrade` and `zypper dist-upgrade`.

## Why it costs

It may remove packages and install others to get there, so that the base image is no longer what its tag says: the same
text builds another system on another day. And while the step is cached, it upgrades nothing.

## When to allow it

Hardly ever: a newer base image brings the same upgrades, tested, and its tag or digest says so.

## References

- https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often
- hadolint DL3005 (apt-get, in older versions) and DL3035 (zypper), trivy DS-0024
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque, run_text
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "the distribution is upgraded",
    "warning",
    aliases=("DL3005", "DL3035", "DS-0024"),
    on=(Run,),
    words=("-upgrade", "dup"),
)

BAD = (
    Example("FROM debian:12\nRUN apt-get update && «apt-get -y dist-upgrade»\n"),
    Example("FROM opensuse/leap:15\nRUN «zypper --non-interactive dup»\n"),
    Example("FROM debian:12\nRUN apt update && «apt full-upgrade -y»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get update && apt-get -y upgrade\n"),
    Example("FROM opensuse/leap:15\nRUN zypper --non-interactive in curl\n"),
    Example("FROM debian:12\nRUN echo apt-get dist-upgrade\n"),
    Example("FROM debian:12\nRUN apt-get install -y dist-upgrade-tool\n"),
)

_VERBS = {
    "apt-get": frozenset({"dist-upgrade", "full-upgrade"}),
    "apt": frozenset({"dist-upgrade", "full-upgrade"}),
    "aptitude": frozenset({"dist-upgrade", "full-upgrade"}),
    "zypper": frozenset({"dist-upgrade", "dup"}),
}


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    text = run_text(instruction)
    if "-upgrade" not in text and "dup" not in text:
        return
    read = see.commands(instruction)
    for command in () if isinstance(read, Opaque) else read:
        words = [word.text for word in command.words[1:] if not word.text.startswith("-")]
        if words and words[0] in _VERBS.get(command.program, ()):
            yield Diagnostic(
                primary=command.span,
                message=f"`{command.program} {words[0]}` upgrades the whole distribution",
                cost="the same text builds another system on another day, and none while the step is cached",
                cure="take a newer base image instead, pinned by its tag or digest",
                aliases=("DL3035",) if command.program == "zypper" else ("DL3005", "DS-0024"),
            )
