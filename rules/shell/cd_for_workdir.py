"""A RUN changes the directory with cd.

## What it finds

`cd` in a RUN.

## Why it costs

It holds for this RUN only: what a later instruction does starts in the directory of WORKDIR again, which is a common
mistake; and each reader has to follow the path.

## When to allow it

Where one RUN works in several directories, or in parentheses (`(cd x && make)`): a WORKDIR for each would be a step of
its own, and WORKDIR is part of the key of all that follows. Stylistic, so info; hadolint warns.

## References

- hadolint DL3003
- https://docs.docker.com/build/building/best-practices/#workdir
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a RUN changes the directory itself", "info", aliases=("DL3003",), on=(Run,), words=("cd",))

BAD = (
    Example("FROM debian:12\nRUN «cd» /src && make\n"),
    Example("FROM debian:12\nRUN true; («cd» /src && make) && cd /x && make\n"),
)
GOOD = (
    Example("FROM debian:12\nWORKDIR /src\nRUN make\n"),
    Example("FROM debian:12\nRUN make -C /src\n"),
    Example("FROM debian:12\nRUN pushd /src && make && popd\n"),
    Example("FROM debian:12\nRUN echo cd\n"),
    Example("FROM debian:12\nRUN tar -C /src -xf x.tar\n"),
    Example("FROM debian:12\nRUN git -C /src pull\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "cd")[:1]:
        program, *rest = command.words
        where = rest[0].text if rest else "~"
        yield Diagnostic(
            primary=program.span,
            message=f"`cd {where}` holds for this RUN only",
            cost="the next instruction starts in the directory of WORKDIR again",
            cure=f"write `WORKDIR {where}` before it, or use an option such as `make -C`",
            aliases=None if command.direct and not see.is_trigger(instruction) else (),
        )
