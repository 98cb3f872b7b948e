"""A label is not among those that are allowed.

## What it finds

Labels whose keys the option `allowed` does not list. Without the option, all are allowed.

## Why it costs

A misspelt key is found by no tool.

## When to allow it

List the key.

## References

- https://github.com/hadolint/hadolint/wiki/DL3050
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ...analyzer.named_tuple import NamedTuple
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "a label is not among those that are allowed", "info", ("DL3050",), (Other,), words=("label",), optional=True
)


class Options(NamedTuple):
    """`allowed` are all keys that labels may have; none: any."""

    allowed: tuple[str, ...] = ()


BAD = ()
GOOD = (Example("FROM alpine\nLABEL a=b\n"),)


def check(instruction: Instruction, see: Facts, options: Options) -> Iterator[Diagnostic]:
    if not options.allowed or instruction.keyword != "LABEL" or not isinstance(instruction.body, Other):
        return
    for pair in instruction.body.pairs:
        if pair.key.strip("\"'") not in options.allowed:
            yield Diagnostic(
                pair.span, f"the label `{pair.key}` is not among the allowed ones", "no tool looks for it", "remove it"
            )
