"""COPY --from names no earlier stage.

## What it finds

`COPY --from=name` where no earlier stage has the name or number, and the name has neither a tag nor a digest: it means
an image, or a named context of the build.

## Why it costs

A misspelt stage is pulled from a registry, if somebody has put an image there under that name.

## When to allow it

Where `docker build --build-context` gives the name a meaning: neither hadolint nor dcache sees the command line.

## References

- https://docs.docker.com/build/building/multi-stage/#use-an-external-image-as-a-stage
- https://github.com/hadolint/hadolint/wiki/DL3022
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Stage
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("`COPY --from` names no earlier stage", "warning", ("DL3022",), words=("--from",))

BAD = (Example("FROM alpine AS build\nFROM alpine\nCOPY «--from=biuld» /a /a\n"),)
GOOD = (
    Example("FROM alpine AS build\nFROM alpine\nCOPY --from=build /a /a\n"),
    Example("FROM alpine AS build\nFROM alpine\nCOPY --from=Build /a /a\n"),
    Example("FROM alpine\nFROM alpine\nCOPY --from=0 /a /a\n"),
    Example("FROM alpine\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    earlier = None
    for one in stage.instructions:
        body = one.body
        if not isinstance(body, Copy) or not body.from_ or ":" in body.from_:
            continue
        if earlier is None:
            earlier = {other.name for other in see.dockerfile.stages[: stage.index + 1]}
        number = body.from_.isdecimal() and len(body.from_) < 6 and int(body.from_) <= stage.index
        if not number and body.from_.lower() not in earlier:
            yield Diagnostic(
                next(flag.span for flag in one.flags if flag.name == "from"),
                f"no earlier stage is called `{body.from_}`",
                "it is taken for an image and pulled from a registry",
                "name a stage, or an image with a tag or a digest",
            )
