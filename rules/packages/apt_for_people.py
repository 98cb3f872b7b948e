"""A RUN uses apt, which is made for people at a terminal.

## What it finds

`apt` where `apt-get` or `apt-cache` would do.

## Why it costs

apt says of itself that it has no stable command line: its options, its output and its questions may change between two
releases of the base image.

## When to allow it

Where a tool needs apt itself, as `apt install ./file.deb` in releases before apt-get could.

## References

- hadolint DL3027
- https://manpages.debian.org/stable/apt/apt.8.en.html#SCRIPT_USAGE_AND_DIFFERENCES_FROM_OTHER_APT_TOOLS
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("apt is used in a script", "warning", aliases=("DL3027", "CKV_DOCKER_9"), on=(Run,), words=("apt",))

BAD = (
    Example("FROM debian:12\nRUN «apt» update\n"),
    Example("FROM debian:12\nRUN true; «apt» install -y curl && apt clean\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get update\n"),
    Example("FROM debian:12\nRUN apt-cache policy curl\n"),
    Example("FROM debian:12\nRUN echo apt && rm -rf /var/cache/apt\n"),
    Example("FROM debian:12\nRUN which apt\n"),
    Example("FROM debian:12\nRUN apt-key list && apt-mark hold curl\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "apt")[:1]:
        yield Diagnostic(
            primary=command.words[0].span,
            message="`apt` is used in a script",
            cost="its command line may change with the next release of the base image",
            cure="use `apt-get`, or `apt-cache` for queries",
            aliases=None if command.direct else (),
        )
