"""COPY of several sources to something that is not written as a directory.

## What it finds

COPY with two sources or more whose destination does not end in a slash.

## Why it costs

The engine refuses it, unless the destination is `.`; builders of other kinds overwrite a file with the last source.

## When to allow it

`COPY a b .` builds; hadolint reports it all the same, here it is mere information.

## References

- https://docs.docker.com/reference/dockerfile/#copy
- https://github.com/hadolint/hadolint/wiki/DL3021
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the destination of several sources is no directory", "error", ("DL3021", "DS-0011"), (Copy,))

BAD = (Example("FROM alpine\nCOPY a b «/app»\n"),)
GOOD = (
    Example("FROM alpine\nCOPY a b /app/\n"),
    Example("FROM alpine\nCOPY a /app\n"),
    Example('FROM alpine\nCOPY ["a", "b", "/app/"]\n'),
    Example("FROM alpine\nCOPY * /app\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if instruction.keyword != "COPY" or not isinstance(body, Copy) or len(body.sources) < 2:
        return
    dest = body.dest.text.strip("\"'")
    if not dest.endswith("/") and not see.is_trigger(instruction):
        yield Diagnostic(
            body.dest.span,
            f"`{body.dest.text}` is not written as a directory",
            "the engine refuses more than one source",
            "end it in a slash",
            severity="info" if dest in (".", "..") else None,
        )
