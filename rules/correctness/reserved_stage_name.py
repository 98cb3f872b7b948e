"""A stage has a name that means something else.

## What it finds

Stages called `scratch` or `context`.

## Why it costs

`FROM scratch` means the empty image, and `context` the build context where contexts are named: whether the stage is
meant depends on the builder.

## When to allow it

Nowhere.

## References

- https://docs.docker.com/reference/build-checks/reserved-stage-name/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: reservedStageNames
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From, Instruction
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "the name of a stage is reserved", "warning", ("ReservedStageName", "DL3063"), (From,), words=("scratch", "context")
)

BAD = (Example("FROM alpine AS «scratch»\n"), Example("FROM alpine AS «Context»\n"))
GOOD = (Example("FROM scratch\n"), Example("FROM alpine AS scratchpad\n"))


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if isinstance(body, From) and body.name is not None and body.name.text.lower() in ("scratch", "context"):
        yield Diagnostic(
            body.name.span,
            f"the stage name `{body.name.text}` is reserved",
            "builders read it as the empty image or the build context",
            "choose another name",
        )
