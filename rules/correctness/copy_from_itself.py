"""A stage copies from itself.

## What it finds

`COPY --from=name` in the stage of that name.

## Why it costs

The engine refuses it as a circular dependency.

## When to allow it

Nowhere; `RUN cp` copies inside a stage.

## References

- https://github.com/hadolint/hadolint/wiki/DL3023
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateCircularDependency
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Stage
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a stage copies from itself", "error", ("DL3023", "DS-0006"), words=("--from",))

BAD = (Example("FROM alpine AS a\nCOPY «--from=a» /x /y\n"),)
GOOD = (
    Example("FROM alpine AS a\nFROM alpine AS b\nCOPY --from=a /x /y\n"),
    Example("FROM alpine AS a\nFROM a\nCOPY --from=a /x /y\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    if stage.name is None or any(other.name == stage.name for other in see.dockerfile.stages[: stage.index]):
        return
    for one in stage.instructions:
        if isinstance(one.body, Copy) and (one.body.from_ or "").lower() == stage.name:
            yield Diagnostic(
                next(flag.span for flag in one.flags if flag.name == "from"),
                f"the stage `{stage.name}` copies from itself",
                "the engine refuses it",
                "name an earlier stage, or use `RUN cp`",
            )
