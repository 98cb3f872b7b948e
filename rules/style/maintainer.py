"""MAINTAINER is deprecated.

## What it finds

Every MAINTAINER.

## Why it costs

It sets a field of the image that few tools show; newer builders may drop it.

## When to allow it

Where a tool of yours reads the image's `Author` field.

## References

- https://docs.docker.com/reference/build-checks/maintainer-deprecated/
- BuildKit v0.32, frontend/dockerfile/instructions/parse.go: ParseInstructionWithLinter
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "MAINTAINER is deprecated",
    "warning",
    ("MaintainerDeprecated", "DL4000", "CKV_DOCKER_6", "DS-0022"),
    (Other,),
    words=("maintainer",),
)

BAD = (Example("FROM alpine\n«MAINTAINER me@example.com»\n"),)
GOOD = (
    Example("FROM alpine\nLABEL org.opencontainers.image.authors=me@example.com\n"),
    Example("FROM alpine\nLABEL maintainer=me@example.com\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if instruction.keyword == "MAINTAINER":
        yield Diagnostic(
            instruction.span,
            "`MAINTAINER` is deprecated",
            "few tools show what it sets",
            "write `LABEL org.opencontainers.image.authors=…`",
        )
