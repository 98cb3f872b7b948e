"""FROM uses an argument that is not declared before it.

## What it finds

Variables in the image or the platform of a FROM that no ARG before the first FROM declares. An ARG inside a stage
does not count: FROM does not see it.

## Why it costs

The variable is empty, even with `--build-arg`: the image name is another one, or none, which the engine refuses.

## When to allow it

Nowhere.

## References

- https://docs.docker.com/reference/build-checks/undefined-arg-in-from/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: reportUnusedFromArgs
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..bases import Misspelt, image_of, nearest
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("FROM uses an argument that is not declared", "warning", ("UndefinedArgInFrom",), words=("$",))

BAD = (
    Example("ARG VERSION=3\nFROM «alpine:${VERSOIN:-3}»\n"),
    Example("FROM alpine AS a\nARG V=3\nFROM «alpine:3$V»\n"),
)
GOOD = (
    Example("ARG VERSION=3\nFROM alpine:$VERSION\n"),
    Example("FROM --platform=$BUILDPLATFORM alpine\n"),
    Example("ARG TAG\nFROM alpine:3${TAG}\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    body = image_of(stage)
    if "$" not in body.image.text and "$" not in (body.platform or ""):
        return
    base = see.bases.stages[stage.index]
    flag = next((one.span for one in stage.instructions[0].flags if one.name == "platform"), body.image.span)
    for word, span in ((base.image, body.image.span), (base.platform, flag)):
        for name in sorted(word.unmatched - see.bases.declared) if word is not None else ():
            near = nearest(name, see.bases.declared)
            yield Diagnostic(
                span,
                f"no ARG before the first FROM declares `{name}`",
                "it is empty here, whatever `--build-arg` says",
                f"did you mean `{near}`?" if near else f"write `ARG {name}` before the first FROM",
                evidence=Misspelt(name, near) if near else None,
            )
