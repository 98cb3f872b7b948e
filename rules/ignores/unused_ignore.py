"""A comment asks to ignore what is not found there.

## What it finds

`# dcache: ignore[…]` and `# dcache: ignore-file[…]` with a name that silences no finding, or that is not the name of a
rule; the same for the comments of hadolint, tally and BuildKit where dcache has the check and has run it.

## Why it costs

It hides the fault that someone adds later, and tells readers of a fault that is not there.

## When to allow it

Where the finding comes and goes with the machine, as those that need git or the build context do.

## References

- docs/lint.md, "Leaving findings out"
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.named_tuple import NamedTuple
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..silence import Ignores

RULE = Rule("a comment ignores what is not found", "info")


class Evidence(NamedTuple):
    """Whom the comment is addressed to, the name, whether it is one of a rule, and whether it is the only one."""

    tool: str
    name: str
    known: bool
    alone: bool


BAD = (
    Example("FROM alpine:3.22\n«# dcache: ignore[order/unused-arg]»\nRUN true\n"),
    Example("FROM alpine:3.22\n«# dcache: ignore[order/unusd-arg]»\nARG A=1\nRUN apk add curl\n"),
    Example("«# dcache: ignore-file[order/unused-arg]»\nFROM alpine:3.22\nRUN true\n"),
)
GOOD = (
    Example("FROM alpine:3.22\n# dcache: ignore[order/unused-arg] set by the environment\nARG A=1\nRUN apk add curl\n"),
    Example("FROM alpine:3.22\n# dcache: ignore[order]\nARG A=1\nRUN apk add curl\n"),
    Example("FROM alpine:3.22\n# hadolint ignore=SC2086\nRUN echo $A\n"),
)


def check(ignores: Ignores, see: Facts) -> Iterator[Diagnostic]:
    for number, comment in enumerate(ignores.comments):
        for name in comment.names or ("",):
            if (number, name) in ignores.used:
                continue
            if comment.tool == "dcache" and name and name.lower() not in ignores.known:
                message, cure = f"`{name}` is the name of no rule", "`dcache rules` lists the names"
            elif name.lower() in ignores.ran and (name or comment.tool == "dcache"):
                message = f"`{name}` is not found here" if name else "nothing that `dcache: ignore` hides is found here"
                cure = "remove the comment" if len(comment.names) < 2 else f"remove `{name}`"
            else:
                continue
            yield Diagnostic(
                comment.span,
                message,
                "the comment hides nothing now, and may hide a fault later",
                cure,
                evidence=Evidence(
                    comment.tool, name, not name or name.lower() in ignores.known, len(comment.names) < 2
                ),
            )
