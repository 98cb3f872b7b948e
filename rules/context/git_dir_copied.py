"""The directory .git is part of what is copied.

## What it finds

A COPY, ADD or bind mount whose source takes `.git` in, because it is the root of a git work tree and no ignore file
keeps `.git` out.

## Why it costs

Git writes into `.git` with every commit, fetch and even `git status`: the step misses in every build, whatever changed,
and so do all steps behind it.

## When to allow it

Where a command of the build asks git for the version. Then copy `.git` late, in a stage of its own, or pass the version
as an argument that is declared late.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- postmanlabs/httpbin#495, OvenMediaEngine#2295
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..copies import takers_of
from ..facts import Facts
from ..measured import measured_from
from ..reach import later_steps
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("`.git` is copied", "warning")


class Evidence(NamedTuple):
    """The directory that is copied, by its path in the context."""

    paths: tuple[str, ...]


BAD = (
    Example("FROM alpine\nCOPY «.» /app\nRUN true\n", {".git/HEAD": "ref: x", ".git/index": "", "a.txt": ""}),
    Example("FROM alpine\nCOPY «.» /app\n", {".git/HEAD": "ref: x", ".dockerignore": "*.log\n", "a.txt": ""}),
)
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {".git/HEAD": "ref: x", ".dockerignore": ".git\n", "a.txt": ""}),
    Example("FROM alpine\nCOPY . /app\n", {"a.txt": ""}),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None:
        return
    node = see.context.context.tree.children("").get(".git")
    if node is None or node.kind != "dir" or "HEAD" not in see.context.context.tree.children(".git"):
        return
    found = takers_of(graph, see.context, ".git")
    if not found:
        return
    first = found[0]
    where = f"`{see.context.ignore_file}`" if see.context.ignore_file else "a new `.dockerignore`"
    took = measured_from(first.step, see)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes `.git` in",
        cost=f"every commit re-runs this step{later_steps(graph, first.step)}{took}, whatever it changes",
        cure=f"add the line `.git` to {where}",
        related=tuple(Related(one.span, "takes `.git` in too") for one in found[1:]),
        evidence=Evidence((".git",)),
    )
