"""The Dockerfile or the ignore file is part of what is copied.

## What it finds

A COPY, ADD or bind mount whose source takes in the Dockerfile that is being built, or `.dockerignore`.

## Why it costs

They are context files like all others: an edit of either, be it of a comment, re-runs the step and all that follow.

## When to allow it

Where the image needs its own Dockerfile. Ignoring both is safe: the engine reads them all the same.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- corpus cases c14b, c14c, c16 and c16b
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..copies import Taker, takers_of
from ..facts import Facts
from ..measured import measured_from
from ..reach import later_steps
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("the Dockerfile or .dockerignore is copied", "info")


class Evidence(NamedTuple):
    """The files that are copied, by their paths in the context."""

    paths: tuple[str, ...]


BAD = (
    Example("FROM alpine\nCOPY «.» /app\nRUN true\n", {"Dockerfile": "", ".dockerignore": ".git\n", "a.txt": ""}),
    Example("FROM alpine\nCOPY «*» /app/\n", {"Dockerfile": "", "a.txt": ""}),
)
GOOD = (
    Example(
        "FROM alpine\nCOPY . /app\n", {"Dockerfile": "", ".dockerignore": "Dockerfile\n.dockerignore\n", "a.txt": ""}
    ),
    Example("FROM alpine\nCOPY src /app\n", {"Dockerfile": "", "src/a.txt": ""}),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None:
        return
    names = [see.context.dockerfile] if see.context.dockerfile else []
    ignore = see.context.ignore_file
    if ignore is not None and os.path.basename(ignore) == ".dockerignore":
        names.append(".dockerignore")
    found: dict[str, list[Taker]] = {}
    for name in names:
        takers = takers_of(graph, see.context, name)
        if takers:
            found[name] = takers
    if not found:
        return
    every = sorted(
        {taker.span: taker for takers in found.values() for taker in takers}.values(), key=lambda one: one.span
    )
    first = every[0]
    listed = " and ".join(f"`{name}`" for name in found)
    into = f"`{ignore}`" if ignore else "a new `.dockerignore`"
    them = "it" if len(found) == 1 else "them"
    took = measured_from(first.step, see)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes {listed} in",
        cost=f"every edit of {them} re-runs this step{later_steps(graph, first.step)}{took}",
        cure=f"list {listed} in {into}: the engine reads {them} all the same",
        related=tuple(Related(one.span, "takes it in too") for one in every[1:]),
        evidence=Evidence(tuple(found)),
    )
