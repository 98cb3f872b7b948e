"""Two stages have the same name.

## What it finds

`FROM … AS name` where an earlier stage has the name, in whatever case.

## Why it costs

The name means the last stage before its use: what stands between two of the name copies from another stage than what
stands behind both.

## When to allow it

Nowhere.

## References

- https://docs.docker.com/reference/build-checks/duplicate-stage-name/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateStageNames
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Dockerfile, Word
from ..bases import image_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule(
    "two stages have the same name",
    "error",
    ("DuplicateStageName", "DL3024", "CKV_DOCKER_11", "DS-0012"),
    stages=2,
)

BAD = (Example("FROM alpine AS base\nFROM debian AS «base»\n"), Example("FROM alpine AS base\nFROM debian AS «Base»\n"))
GOOD = (Example("FROM alpine AS base\nFROM base AS app\n"), Example("FROM alpine\nFROM debian\n"))


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    seen: dict[str, Word] = {}
    for stage in dockerfile.stages:
        name = image_of(stage).name
        if name is None or stage.name is None:
            continue
        if stage.name in seen:
            yield Diagnostic(
                name.span,
                f"an earlier stage is called `{name.text}`, too",
                "which one is meant depends on where the name is used",
                "give each its own name",
                (Related(seen[stage.name].span, "the earlier stage"),),
            )
        seen[stage.name] = name
