"""`--chmod` takes its effect from `--link`.

## What it finds

COPY or ADD with both `--link` and `--chmod`.

## Why it costs

BuildKit makes a layer of its own only without `--chmod`; with it, the instruction is an ordinary copy and says nothing
of it. A change of any step before it re-runs it, and with `mode=min` caches the stage that it copies from as well.

## When to allow it

Where `--link` is there for another builder.

## References

- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert_copy.go: dispatchCopy; corpus cases r32 and c22b
- https://docs.docker.com/reference/dockerfile/#copy---link
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ...analyzer.source import Span
from ..facts import Facts
from ..reach import ancestors, step_of
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("--link has no effect beside --chmod", "warning", on=(Copy,), words=("--link",))

BAD = (
    Example("FROM alpine\nRUN apk add curl\nCOPY «--link» --chmod=755 x /x\n"),
    Example("FROM alpine\nADD --chmod=0644 «--link» x /x\n"),
)
GOOD = (
    Example("FROM alpine\nCOPY --link x /x\n"),
    Example("FROM alpine\nCOPY --chmod=755 x /x\n"),
    Example("FROM alpine\nCOPY --link=false --chmod=755 x /x\n"),
    Example("FROM alpine\nCOPY --link --chown=1:1 x /x\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Copy) or not body.link or not body.chmod:
        return
    flags: dict[str, Span] = {flag.name: flag.span for flag in instruction.flags}
    step = step_of(instruction, see)
    count = len(ancestors(see.graph, step)) if see.graph is not None and step is not None else 0
    again = f"a change of any of the {count} steps before it" if count > 1 else "a change of what it stands on"
    yield Diagnostic(
        primary=flags.get("link", instruction.span),
        message="`--link` has no effect beside `--chmod`",
        cost=f"{again} re-runs this copy all the same",
        cure="set the mode where the file comes from and drop `--chmod`, or drop `--link`",
        related=(Related(flags["chmod"], "takes the effect away"),) if "chmod" in flags else (),
    )
