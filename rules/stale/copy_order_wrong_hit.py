"""A COPY takes two sources of the same name: BuildKit does not notice when they change places.

## What it finds

A COPY or ADD with two sources that have the same last name and come from the same place, so that the later one
overwrites the earlier, wholly or in part.

## Why it costs

The key of the step holds the last names of the sources and their content, but sorted: `COPY a/x b/x /m/` and
`COPY b/x a/x /m/` have the same key, though `/m/x` differs. Whoever swaps them gets the old image from the cache.

## When to allow it

Where the sources are directories that have no file in common: those are reported only where the context shows files of
the same name in both.

## References

- BuildKit v0.32, solver/llbsolver/ops/file.go: the selectors of one input are sorted and de-duplicated
- corpus cases s17c and s17d
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.context import ContextError, has_wildcard
from ...analyzer.dockerfile.syntax import Copy, Instruction, Word
from ..facts import Facts
from ..rule import Confidence, Diagnostic, Example, Related, Rule

RULE = Rule("two sources of a COPY have the same name, and their order is not in its key", "warning", on=(Copy,))

BAD = (
    Example("FROM alpine\nCOPY a/settings.py «b/settings.py» /app/\n"),
    Example("FROM alpine\nCOPY a/src «b/src» /app/\n", {"a/src/x.c": "", "b/src/x.c": ""}),
)
GOOD = (
    Example("FROM alpine\nCOPY a/settings.py b/urls.py /app/\n"),
    Example("FROM alpine\nCOPY a/src b/src /app/\n", {"a/src/x.c": "", "b/src/y.c": ""}),
    Example("FROM alpine\nCOPY a/settings.py /app/a/\nCOPY b/settings.py /app/b/\n"),
    Example("FROM alpine\nCOPY --parents a/settings.py b/settings.py /app/\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Copy) or len(body.sources) < 2 or body.parents:
        return
    known: dict[str, Word] = {}
    for word in body.sources:
        path = word.text.rstrip("/")
        name = posixpath.basename(path)
        if "://" in path or path.startswith("<<") or name in ("", ".", "..") or has_wildcard(path) or "$" in name:
            continue
        other = known.setdefault(name, word)
        if other is word or posixpath.normpath(other.text) == posixpath.normpath(word.text):
            continue
        sure = _overwrites(other.text, word.text, body, see)
        if sure is not None:
            yield Diagnostic(
                primary=word.span,
                message=f"`{word.text}` overwrites `{other.text}`, and the key does not say which comes last",
                cost="when they change places, the old result is taken from the cache",
                cure="copy them with an instruction each, or only the one that is wanted",
                related=(Related(other.span, "is overwritten"),),
                confidence=sure,
            )


def _overwrites(first: str, second: str, body: Copy, see: Facts) -> Confidence | None:
    """How surely both make the same path; None where they surely do not."""
    if body.from_ is None and see.context is not None:
        tree = see.context.context.tree
        try:
            folders = [tree.children(path.strip("/").removeprefix("./")) for path in (first, second)]
        except ContextError:
            return None
        if folders[0] and folders[1]:
            return (
                "high"
                if any(
                    folders[1].get(name, node).kind == "file" for name, node in folders[0].items() if name in folders[1]
                )
                else None
            )
    return "medium" if "." in posixpath.basename(second.rstrip("/")).lstrip(".") else "low"
