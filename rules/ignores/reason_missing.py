"""A comment asks to ignore a finding without saying why.

## What it finds

A comment that silences findings, of whichever linter, without a text that says why.

## Why it costs

Who reads it later cannot tell whether the reason still holds, so that it stays for good.

## When to allow it

In files whose findings are all waived for now: a baseline serves that better.

## References

- docs/lint.md, "Leaving findings out"; the setting `require-reason`
"""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..silence import Ignores

RULE = Rule("a comment ignores a finding without a reason", "warning", default=False)

BAD = (
    Example("FROM alpine:3.22\n«# dcache: ignore[order/unused-arg]»\nARG A=1\nRUN apk add curl\n"),
    Example("FROM alpine:3.22\n«# hadolint ignore=DL3018»\nRUN apk add curl\n"),
)
GOOD = (
    Example("FROM alpine:3.22\n# dcache: ignore[order/unused-arg] our entrypoint reads it\nARG A=1\nRUN apk add x\n"),
    Example("FROM alpine:3.22\n# hadolint ignore=DL3018 # the base pins them\nRUN apk add curl\n"),
    Example("FROM alpine:3.22\n# tally ignore=DL3018;reason=the base pins them\nRUN apk add curl\n"),
    Example("# check=skip=JSONArgsRecommended\nFROM alpine:3.22\nCMD run\n"),
)


def check(ignores: Ignores, see: Facts) -> Iterator[Diagnostic]:
    for comment in ignores.comments:
        if comment.tool != "buildkit" and not comment.reason:
            yield Diagnostic(
                primary=comment.span,
                message=f"`{see.source[comment.span.start : comment.span.end]}` does not say why",
                cost="nobody can tell later whether it is still needed",
                cure="write the reason behind it",
            )
