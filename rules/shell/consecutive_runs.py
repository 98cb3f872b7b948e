"""A RUN follows another RUN with one short command each.

## What it finds

A RUN with the same flags as the RUN right before it, where neither has more than one command.

## Why it costs

Each RUN is a layer of its own: what one writes and the next removes stays in the image, and an image can have 127
layers at most.

## When to allow it

Where they are apart on purpose: for the cache, two RUNs are better than one, since a change of the second leaves the
first alone. So join only what changes together. Instructions between the two, other flags, and a RUN of several
commands make hadolint and this rule silent.

## References

- hadolint DL3059
- https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run, Stage
from ...analyzer.shell import Opaque
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("two RUNs could be one", "info", aliases=("DL3059",))

BAD = (
    Example("FROM debian:12\nRUN mkdir /a\n«RUN mkdir /b»\n"),
    Example("FROM debian:12\nRUN --mount=type=cache,target=/x a\n# a note\n«RUN --mount=type=cache,target=/x b»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN mkdir /a && mkdir /b\nRUN mkdir /c\n"),
    Example("FROM debian:12\nRUN mkdir /a\nWORKDIR /a\nRUN mkdir /b\n"),
    Example("FROM debian:12\nRUN mkdir /a\nRUN --network=none mkdir /b\n"),
    Example("FROM debian:12\nRUN mkdir /a\nRUN mkdir /b && mkdir /c\n"),
    Example("FROM debian:12\nRUN mkdir /a\nFROM debian:12\nRUN mkdir /b\n"),
    Example("FROM debian:12\nRUN mkdir /a\nONBUILD RUN mkdir /b\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    before: Instruction | None = None
    for instruction in stage.instructions:
        if not isinstance(instruction.body, Run):
            before = None
            continue
        joinable = before is not None and _flags(before) == _flags(instruction)
        if before is None or not joinable or _count(instruction, see) > 1 or _count(before, see) > 1:
            before = instruction
            continue
        yield Diagnostic(
            primary=instruction.span,
            message=f"`{_short(instruction)}` could be part of the RUN before it",
            cost="it is one more layer, and what it removes stays in the one below",
            cure="join them with `&&` if they change together; apart, the cache keeps the first longer",
            related=(Related(before.span, "this RUN"),),
        )


def _flags(run: Instruction) -> frozenset[str]:
    return frozenset(flag.text for flag in run.flags)


def _count(run: Instruction, see: Facts) -> int:
    """How many commands it has; tests and assignments are none."""
    read = see.commands(run)
    if isinstance(read, Opaque):
        return 0
    return sum(bool(one.words) and one.program not in ("", "[", "[[") for one in read)


def _short(run: Instruction) -> str:
    text = " ".join(run.text.split())
    return text if len(text) <= 40 else text[:39] + "…"
