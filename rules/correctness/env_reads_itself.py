"""ENV uses a variable that the same ENV defines.

## What it finds

`ENV A=1 B=$A` where nothing before it defines `A`.

## Why it costs

All values of one ENV see the environment before it: `B` is empty.

## When to allow it

Where the base image defines the variable and the old value is meant; `${A:-default}` says so and is not reported.

## References

- https://docs.docker.com/reference/dockerfile/#environment-replacement
- https://github.com/hadolint/hadolint/wiki/DL3044
- hadolint takes a variable of any earlier stage for defined, and every `PATH` for undefined; neither is so here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile import names
from ...analyzer.dockerfile.syntax import Env, Instruction
from ..environments import scope_at
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("ENV uses what it defines itself", "error", ("DL3044",), (Env,))

BAD = (Example("FROM alpine\nENV A=/a «B=$A/b»\n"), Example("FROM alpine\nENV «B=${A}» A=1\n"))
GOOD = (
    Example("FROM alpine\nENV A=/a\nENV B=$A/b\n"),
    Example("FROM alpine\nENV A=/a\nENV A=/c B=$A/b\n"),
    Example("FROM alpine\nARG A\nENV A=/c B=$A/b\n"),
    Example("FROM alpine\nENV PATH=/a:$PATH B=$PATH\n"),
    Example("FROM alpine\nENV A=$A:/x\n"),
    Example("FROM alpine\nENV A=1 B=${A:-2}\n"),
    Example("FROM alpine AS a\nENV A=/a\nFROM a\nENV A=/c B=$A\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Env) or len(body.pairs) < 2:
        return
    own = {pair.key for pair in body.pairs}
    reading = [pair for pair in body.pairs if "$" in (pair.value or "")]
    if not reading:
        return
    known: frozenset[str] | None = None
    for pair in reading:
        value = pair.value or ""
        used = own.intersection(names(value, see.dockerfile.escape, word=True)) - {pair.key}
        used = {name for name in used if f"${{{name}:" not in value}
        if used and known is None:
            scope = scope_at(instruction, see)
            known = frozenset({"PATH", *scope.values, *scope.declared})
        for name in sorted(used - (known or frozenset())):
            yield Diagnostic(
                pair.span,
                f"`{pair.key}` uses `{name}`, which the same ENV defines",
                "it sees the value from before the instruction",
                "write two instructions",
            )
