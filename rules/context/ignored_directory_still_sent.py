"""An ignored directory is sent, or looked through, all the same.

## What it finds

Two kinds of lines in the ignore file, where a copy takes the whole context. `logs/*` keeps the files of a directory
out, but not the directory: it is sent empty. And a `!` line that may match something in a large ignored directory
makes the client look through all of it.

## Why it costs

The empty directory is part of the key: where it does not exist, as in a fresh clone, the step misses and all behind it.
What the client has to look through takes its time in every build, cached or not.

## When to allow it

Where the image needs the empty directory. A directory that git keeps by a file in it (`.gitkeep`) exists everywhere and
is not reported; the second kind is reported from `entries` files and directories on.

## References

- https://docs.docker.com/build/concepts/context/#negating-matches
- corpus cases c14g and c14h; tonistiigi/fsutil, filter.go: Walk
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError, has_wildcard
from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..copies import Taker, whole_takers
from ..facts import BuildContext, Facts
from ..reach import later_steps
from ..rule import Diagnostic, Example, Rule

RULE = Rule("an ignored directory is sent or looked through", "info")


class Options(NamedTuple):
    """`entries`: how many an ignored directory has to hold before looking through it is worth a word."""

    entries: int = 1000


class Evidence(NamedTuple):
    """The pattern that empties a directory, and the directory."""

    pattern: str
    folder: str


BAD = (
    Example("FROM alpine\nCOPY «.» /app\nRUN true\n", {"a": "", "logs/x.log": "", ".dockerignore": "logs/*\n"}),
    Example("FROM alpine\nCOPY «.» /app\n", {"a": "", "tmp/cache/x": "", ".dockerignore": "tmp/**\n"}),
)
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "logs/x.log": "", ".dockerignore": "logs\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "logs/.gitkeep": "", ".dockerignore": "logs/*\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "logs/x": "", ".dockerignore": "logs/*\n!logs/x\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", ".dockerignore": "logs/*\n"}),
    Example("FROM alpine\nCOPY a /app\n", {"a": "", "logs/x.log": "", ".dockerignore": "logs/*\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "src/x": "", ".dockerignore": "*\n!src/**\n"}),
)

_KEEPERS = frozenset({".gitkeep", ".keep", ".gitignore", ".placeholder", ".empty", "README.md"})


def check(graph: BuildGraph, see: Facts, options: Options) -> Iterator[Diagnostic]:
    context = see.context
    if context is None or context.ignore_file is None or not context.context.ignore.patterns:
        return
    patterns = context.context.ignore.patterns
    emptied = [
        one for one in patterns if _emptied(one) and not any(p.startswith("!" + _emptied(one)) for p in patterns)
    ]
    exceptions = [one for one in patterns if one.startswith("!")]
    if not emptied and not exceptions:
        return
    takers = whole_takers(graph, context)
    if not takers:
        return
    for pattern in emptied:
        if _is_sent_empty(_emptied(pattern), context):
            yield _told_sent(pattern, takers[0], graph)
    if exceptions:
        yield from _looked_through(context, takers[0], exceptions, options.entries)


def _emptied(pattern: str) -> str:
    """The directory that a pattern empties, with a slash behind it; "" for other patterns."""
    folder, slash, last = pattern.rpartition("/")
    plain = slash and last in ("*", "**") and folder and not has_wildcard(folder) and not pattern.startswith("!")
    return folder + "/" if plain else ""


def _is_sent_empty(folder: str, context: BuildContext) -> bool:
    path = folder.rstrip("/")
    try:
        inside = context.context.tree.children(path)
        return bool(inside) and _KEEPERS.isdisjoint(inside) and not context.context.ignore.excluded(path)
    except ContextError:
        return False


def _told_sent(pattern: str, taker: Taker, graph: BuildGraph) -> Diagnostic:
    folder = _emptied(pattern).rstrip("/")
    return Diagnostic(
        primary=taker.span,
        message=f"`{pattern}` in the ignore file empties `{folder}`, and the directory itself is sent",
        cost=f"where it does not exist, as in a new clone, this step{later_steps(graph, taker.step)} misses",
        cure=f"write `{folder}` instead",
        confidence="medium",
        evidence=Evidence(pattern, folder),
    )


def _looked_through(context: BuildContext, taker: Taker, exceptions: list[str], most: int) -> Iterator[Diagnostic]:
    ignore = context.context.ignore
    try:
        folders = [name for name, node in context.context.tree.children("").items() if node.kind == "dir"]
    except ContextError:
        return
    for folder in sorted(folders):
        if not ignore.excluded(folder) or ignore.prunes(folder):
            continue
        count, kept = _below(folder, context, most)
        if count >= most and not kept:
            yield Diagnostic(
                primary=taker.span,
                message=f"`{folder}` is ignored, and `{exceptions[-1]}` may re-include something in it",
                cost=f"the client looks through over {most} entries in every build, and finds nothing to send",
                cure=f"name the place in the exception, or add `{folder}` behind it",
                confidence="medium",
            )


def _below(folder: str, context: BuildContext, most: int) -> tuple[int, bool]:
    """How many entries lie below an ignored directory, counted up to `most`, and whether one of them is sent."""
    count, waiting = 0, [folder]
    while waiting and count < most:
        at = waiting.pop()
        try:
            nodes = context.context.tree.children(at)
        except ContextError:
            continue
        count += len(nodes)
        excluded = context.context.ignore.among(at, nodes.keys())
        if len(excluded) < len(nodes):
            return count, True
        waiting += [f"{at}/{name}" for name, node in nodes.items() if node.kind == "dir"]
    return count, False
