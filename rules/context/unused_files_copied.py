"""Files that the build does not seem to read are copied with the others, and commits change nothing else.

## What it finds

A COPY, ADD or bind mount of a directory, with a RUN that stands on it, that takes in documentation, settings of editors
and services, deployment files, examples or tests, where git tells that some of the last commits changed nothing else
of what is taken: one commit in twenty, and at least five. It is silent where a command, a file that builds read (a
Makefile, package.json, pyproject.toml …) or code names them, where a tool makes pages of them, and outside of git.

## Why it costs

What no step reads is part of the step's key all the same: on each of those commits the step misses, and so does all
behind it, to make what was there before.

## When to allow it

Where the image is to have them, or a step reads them in a way that cannot be seen.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- BuildKit v0.32, cache/contenthash/checksum.go: the key is made of every file that is sent
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...analyzer.context import ContextError, Node, Selection, has_wildcard
from ...analyzer.context.ignore import Sent
from ...analyzer.graph import BuildGraph, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.source import Span
from ...analyzer.typing import TYPE_CHECKING
from ..copies import context_mounts, context_sources, fits, is_whole, named, takers_of
from ..facts import BuildContext, Facts
from ..reach import following, is_run, later_steps
from ..rule import Diagnostic, Example, Rule

if TYPE_CHECKING:
    from ...analyzer.volatility import Often, Volatility
    from ..beside import Beside

RULE = Rule("files that the build does not seem to read cost builds", "info", words=("copy", "add", "--mount"))


class Evidence(NamedTuple):
    """The files and directories, by their paths in the context, and how often they alone changed."""

    paths: tuple[str, ...]
    often: Often


BAD = ()  # a history is needed: the tests make one
GOOD = (
    Example("FROM golang:1.25\nCOPY . /src\nRUN cd /src && go build ./...\n", {"main.go": "", "docs/a.md": ""}),
    Example("FROM golang:1.25\nCOPY cmd /src\nRUN cd /src && go build ./...\n", {"cmd/main.go": "", "docs/a.md": ""}),
)

# On so many commits, and on such a part of those that are known, it must be these files alone that change.
_FEWEST, _LEAST = 5, 0.05
_MOST_NAMED = 12


class _Found(NamedTuple):
    step: Step
    span: Span
    files: tuple[Beside, ...]
    often: Often


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    context = see.context
    if context is None or context.history is None:
        return
    wanted = [one for one in _takers(graph, context) if _is_worth_it(graph, one[0])]
    if not wanted or not fits(graph, context) or see.volatility is None:
        return
    found = [one for one in (_found(taker, graph, see, context, see.volatility) for taker in wanted) if one is not None]
    if not found:
        return
    first = max(found, key=lambda one: one.often.commits)
    paths = tuple(one.path for one in first.files)
    listed = ", ".join(f"`{path}`" for path in paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    into = f"`{context.ignore_file}`" if context.ignore_file else "a new `.dockerignore`"
    yield Diagnostic(
        primary=first.span,
        message=f"`{named(first.step)}` takes {listed} in, which the build does not seem to read",
        cost=f"{first.often.told} nothing else of what it takes changed, and re-ran it{later_steps(graph, first.step)}",
        cure=f"list {'it' if len(paths) == 1 else 'them'} in {into}",
        confidence="medium",
        evidence=Evidence(paths, first.often),
    )


def _takers(graph: BuildGraph, context: BuildContext) -> Iterator[tuple[Step, Span, Selection, str]]:
    """The sources and mounts that take a directory of the context, each with its path."""
    sent = Sent(context.context.tree, context.context.ignore)
    for step in graph.steps:
        for _, span, one in (*context_sources(step), *context_mounts(step)) if step.used else ():
            root = "" if is_whole(one) else one.path.strip("/")
            if one.parents or one.exclude or (root and has_wildcard(root)):
                continue
            if not root or _is_folder(sent, root):
                yield step, span, one, root


def _node(sent: Sent, path: str) -> Node | None:
    folder, _, name = path.rpartition("/")
    return sent.children(folder).get(name)


def _is_folder(sent: Sent, path: str) -> bool:
    try:
        node = _node(sent, path)
    except ContextError:
        return False
    return node is not None and node.kind == "dir"


def _is_worth_it(graph: BuildGraph, step: Step) -> bool:
    """Whether a RUN re-runs with the step."""
    return is_run(step) or any(is_run(one) for one in following(graph, step))


def _found(
    taker: tuple[Step, Span, Selection, str], graph: BuildGraph, see: Facts, context: BuildContext, past: Volatility
) -> _Found | None:
    from ..beside import unread  # what only a history asks for is not loaded without one

    step, span, wanted, root = taker
    sent = Sent(context.context.tree, context.context.ignore)
    try:
        vital, bits = _changes(past, wanted, root)
        if not _is_often(_alone(bits, vital, past)):
            return None
        here = {one for one in bits if _node(sent, one.path) is not None}
        there = {one for one in here if not _is_used(one, graph, context)}
        vital |= _united({one: bits[one] for one in here - there})
        kept = {one: bits[one] for one in there}
        if not _is_often(_alone(kept, vital, past)):
            return None
        free = unread(there, see, context)
    except ContextError:
        return None  # a pattern that the engine refuses, a folder that may not be read
    vital |= _united({one: kept[one] for one in kept if one not in free})
    ranked = sorted(
        (one for one in free if kept[one] & ~vital), key=lambda one: (-(kept[one] & ~vital).bit_count(), one.path)
    )
    chosen = ranked[:_MOST_NAMED]
    vital |= _united({one: kept[one] for one in ranked[_MOST_NAMED:]})
    often = _alone({one: kept[one] for one in chosen}, vital, past)
    return _Found(step, span, tuple(chosen), often) if _is_often(often) else None


def _changes(past: Volatility, wanted: Selection, root: str) -> tuple[int, dict[Beside, int]]:
    """On which commits the source changed, and each of what lies beside it."""
    from ..beside import beside

    vital = 0
    found: dict[Beside, int] = {}
    for path, commits in past.changed(wanted):
        one = beside(path, root)
        if one is None:
            vital |= commits
        else:
            found[one] = found.get(one, 0) | commits
    return vital, found


def _united(bits: Mapping[Beside, int]) -> int:
    found = 0
    for commits in bits.values():
        found |= commits
    return found


def _alone(bits: Mapping[Beside, int], vital: int, past: Volatility) -> Often:
    from ...analyzer.volatility import Often

    return Often(_united(bits) & ~vital, past.observed)


def _is_often(often: Often) -> bool:
    return often.commits >= _FEWEST and often.share >= _LEAST


def _is_used(one: Beside, graph: BuildGraph, context: BuildContext) -> bool:
    """Whether a source or mount takes it, or something in it, by another name than that of all."""
    takers = takers_of(graph, context, one.path)
    inside = [
        taken.path.strip("/")
        for step in graph.steps
        if step.used
        for _, _, taken in (*context_sources(step), *context_mounts(step))
    ]
    if any(path == one.path or path.startswith(one.path + "/") for path in inside):
        return True
    return any(has_wildcard(path) and path not in ("*", "**") for path in inside) and len(takers) > 1
