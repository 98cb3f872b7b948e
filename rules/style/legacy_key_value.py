"""ENV or LABEL is written without an equals sign.

## What it finds

`ENV key value` and `LABEL key value`.

## Why it costs

The whole rest of the line is the value: `ENV A 1 B=2` sets `A` to `1 B=2`, and a second pair cannot be added.

## When to allow it

Nowhere; `ENV key="value"` says the same.

## References

- https://docs.docker.com/reference/build-checks/legacy-key-value-format/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchEnv, dispatchLabel
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Env, Instruction, Other, Pair
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a key and its value are separated by white space", "info", ("LegacyKeyValueFormat",), (Env, Other))

BAD = (Example("FROM alpine\nENV «PORT 80»\n"), Example("FROM alpine\nLABEL «version 1 2»\n"))
GOOD = (
    Example("FROM alpine\nENV PORT=80 HOST=a\n"),
    Example("FROM alpine\nLABEL version=1\n"),
    Example("FROM alpine\nONBUILD ENV PORT 80\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Env | Other) or not body.pairs:
        return
    pair = body.pairs[0]
    if (body.legacy if isinstance(body, Env) else _is_legacy(pair, see)) and not see.is_trigger(instruction):
        yield Diagnostic(
            pair.span,
            f"`{instruction.keyword} {pair.key}` has no equals sign",
            "all that follows the key is its value",
            f"write `{pair.key}=…`",
        )


def _is_legacy(pair: Pair, see: Facts) -> bool:
    return not see.source.startswith("=", pair.span.start + len(pair.key))
