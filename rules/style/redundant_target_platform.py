"""FROM names the platform that it has anyway.

## What it finds

`FROM --platform=$TARGETPLATFORM …`.

## Why it costs

Nothing at build time; it is the default, and suggests that the stage is special.

## When to allow it

Where `TARGETPLATFORM` is given a value by `--build-arg`.

## References

- https://docs.docker.com/reference/build-checks/redundant-target-platform/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: reportRedundantTargetPlatform
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..bases import PLATFORM
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "FROM names the target platform, which is the default",
    "info",
    ("RedundantTargetPlatform", "DL3065"),
    words=("targetplatform",),
)

BAD = (
    Example("FROM «--platform=$TARGETPLATFORM» alpine\n"),
    Example("FROM «--platform=${TARGETPLATFORM}» alpine\n"),
)
GOOD = (
    Example("FROM --platform=$BUILDPLATFORM alpine\n"),
    Example("FROM --platform=$TARGETOS/$TARGETARCH alpine\n"),
    Example("FROM alpine\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    first = stage.instructions[0]
    if not first.flags:
        return
    platform = see.bases.stages[stage.index].platform
    if platform is None or platform.unmatched or platform.text != PLATFORM:
        return
    if platform.matched != frozenset({"TARGETPLATFORM"}):
        return
    flag = next(one for one in first.flags if one.name == "platform")
    yield Diagnostic(flag.span, f"`{flag.text}` is the default", "it changes nothing", "leave it out")
