"""COPY to a relative path where no WORKDIR is set.

## What it finds

COPY with a relative destination in a stage that, with the stages it is based on, has no WORKDIR before it. Variables at
the beginning of the destination are taken for absolute.

## Why it costs

The directory is that of the base image: when it moves, the files land elsewhere.

## When to allow it

Where the base image documents its WORKDIR as part of its interface.

## References

- https://github.com/hadolint/hadolint/wiki/DL3045
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Stage, Workdir
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from .relative_workdir import is_absolute

RULE = Rule("COPY to a relative path without a WORKDIR", "warning", ("DL3045",), words=("copy",))

BAD = (
    Example("FROM alpine\nCOPY a «app/»\n"),
    Example("FROM alpine\nCOPY a «.»\nWORKDIR /app\n"),
    Example("FROM scratch\nCOPY a «app/»\n"),
)
GOOD = (
    Example("FROM alpine\nWORKDIR /app\nCOPY a .\n"),
    Example("FROM alpine AS a\nWORKDIR /app\nFROM a\nCOPY a .\n"),
    Example("FROM alpine\nCOPY a /app/\n"),
    Example("FROM alpine\nCOPY a $APP/\n"),
    Example("FROM alpine\nONBUILD COPY a .\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    known: bool | None = None
    for one in stage.instructions:
        body = one.body
        if isinstance(body, Workdir):
            return
        if not isinstance(body, Copy) or one.keyword != "COPY":
            continue
        dest = body.dest.text.strip("\"'")
        if not dest or dest.startswith("$") or is_absolute(dest):
            continue
        if known is None:
            known = any(
                isinstance(other.body, Workdir)
                for index in see.bases.lineage(stage.index)[:-1]
                for other in see.dockerfile.stages[index].instructions
            )
        if known:
            return
        yield Diagnostic(
            body.dest.span,
            f"`{body.dest.text}` is relative, and no WORKDIR is set",
            "where it is depends on the base image",
            "write the whole path, or set WORKDIR",
        )
