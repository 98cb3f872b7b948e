"""The name of a stage has upper-case letters.

## What it finds

`FROM … AS Name` where the name is not in lower case.

## Why it costs

The engine compares the names of stages without case in `COPY --from` and `--target`, but with case in `FROM`: a stage
`AS Builder` is found by neither `FROM Builder` nor any other spelling than `builder` there.

## When to allow it

Where nothing is based on the stage and the spelling is part of the interface of a script.

## References

- https://docs.docker.com/reference/build-checks/stage-name-casing/
- BuildKit v0.32, frontend/dockerfile/instructions/parse.go: isLowerCaseStageName
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From, Instruction
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the name of a stage is not in lower case", "info", ("StageNameCasing",), (From,))

BAD = (Example("FROM alpine AS «Builder»\n"),)
GOOD = (Example("FROM alpine AS builder-2\n"), Example("FROM alpine\n"))


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if isinstance(body, From) and body.name is not None and body.name.text != body.name.text.lower():
        yield Diagnostic(
            body.name.span,
            f"the stage name `{body.name.text}` is not in lower case",
            f"`FROM {body.name.text}` does not find it",
            f"call it `{body.name.text.lower()}`",
        )
