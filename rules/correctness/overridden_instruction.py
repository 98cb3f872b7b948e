"""Of several CMD, ENTRYPOINT or HEALTHCHECK, only the last one counts.

## What it finds

A CMD, ENTRYPOINT or HEALTHCHECK that another one behind it in the same stage takes back.

## Why it costs

It does nothing: what is written there is not what runs.

## When to allow it

Nowhere; in a stage based on this one a new CMD is no fault and not reported.

## References

- https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateUsedOnce
- hadolint names the line of the later one: it is the related place here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Stage
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

_HADOLINT = {"CMD": "DL4003", "ENTRYPOINT": "DL4004", "HEALTHCHECK": "DL3012"}

RULE = Rule(
    "an instruction is taken back by a later one",
    "warning",
    ("MultipleInstructionsDisallowed", *_HADOLINT.values()),
    words=("cmd", "entrypoint", "healthcheck"),
)

BAD = (
    Example('FROM alpine\n«CMD ["a"]»\nCMD ["b"]\n'),
    Example('FROM alpine\n«HEALTHCHECK CMD ["a"]»\nHEALTHCHECK NONE\n'),
)
GOOD = (
    Example('FROM alpine\nENTRYPOINT ["a"]\nCMD ["b"]\n'),
    Example('FROM alpine AS a\nCMD ["a"]\nFROM a\nCMD ["b"]\n'),
    Example('FROM alpine\nONBUILD CMD ["a"]\nCMD ["b"]\n'),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    last: dict[str, Instruction] = {}
    for one in stage.instructions:
        if one.keyword not in _HADOLINT:
            continue
        earlier = last.get(one.keyword)
        if earlier is not None:
            yield Diagnostic(
                earlier.span,
                f"this `{one.keyword}` is taken back by a later one",
                "it does nothing",
                "remove it",
                (Related(one.span, f"the `{one.keyword}` that counts"),),
                aliases=("MultipleInstructionsDisallowed", _HADOLINT[one.keyword]),
            )
        last[one.keyword] = one
