"""A comment silences hadolint.

## What it finds

`# hadolint ignore=…`, in teams that want exceptions in one file of settings. Off by default.

## Why it costs

An exception in a comment is seen by nobody who looks at the settings.

## When to allow it

Leave the rule off where comments are the way to make exceptions; ignores/reason-missing asks for their reasons.

## References

- https://github.com/hadolint/hadolint/wiki/DL1001
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Dockerfile
from ..comments import comments
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a comment makes an exception for hadolint", "info", ("DL1001",), default=False, words=("hadolint",))

BAD = (Example("«# hadolint ignore=DL3006»\nFROM alpine\n"),)
GOOD = (
    Example("# hadolint shell=bash\nFROM alpine\n"),
    Example("# dcache: ignore[pinning] a test\nFROM alpine\n"),
    Example("# hadolint global ignore=DL3006\nFROM alpine\n"),
)


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    for comment in comments(dockerfile):
        if comment.tool == "hadolint" and comment.scope is not None:
            names = ",".join(comment.names)
            yield Diagnostic(
                comment.span,
                f"`{names}` is ignored in a comment",
                "the settings do not show it",
                "move it to the settings",
            )
