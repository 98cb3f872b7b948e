"""What of the build context reaches a build: the files and directories that its copies and mounts take in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from weakref import WeakKeyDictionary

from ..analyzer.context import ContextError, Ignore, Node, Selection, has_wildcard, paths
from ..analyzer.context.ignore import Sent
from ..analyzer.graph import Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Span
from .copies import context_mounts, context_sources, fits, is_whole, named
from .facts import BuildContext, Facts

MOST_LOOKED_AT = 5000

# Directories that tools fill: what lies in them is looked at by nobody here.
GENERATED = frozenset(
    """
    node_modules bower_components __pycache__ .venv venv .tox .nox .pytest_cache .mypy_cache .ruff_cache .eggs .gradle
    .next .nuxt .svelte-kit .turbo .parcel-cache .angular .terraform .dart_tool .nyc_output .yarn-cache .pnpm-store
    .ipynb_checkpoints .sass-cache .vite .output .serverless .aws-sam .cargo-cache .stack-work dist-newstyle _build deps
    """.split()
) - {"_build", "deps"}


class Taken(NamedTuple):
    """A file or directory of the context that a build takes in, and the first source or mount that does.

    `step` and `span` are those of the source, `text` its instruction in short; `whole` is True where it takes the
    whole context, `named` where it names the path itself. `root` is the directory that it takes.
    """

    path: str
    node: Node
    step: Step
    span: Span
    text: str
    whole: bool
    named: bool
    root: str


_known: WeakKeyDictionary[Facts, tuple[Taken, ...]] = WeakKeyDictionary()


def taken(see: Facts) -> tuple[Taken, ...]:
    """What the build takes from its main context, each path once, the ignore rules applied; found once a file.

    What lies in a directory of GENERATED is left out, and the list ends after MOST_LOOKED_AT entries. It is empty where
    no context is known, where the directory cannot be the context of the build, and where it cannot be read.
    """
    if see not in _known:
        _known[see] = tuple(_found(see))
    return _known[see]


def _found(see: Facts) -> Iterator[Taken]:
    context, graph = see.context, see.graph
    if context is None or graph is None:
        return
    wanted = [
        (step, span, one)
        for step in graph.steps
        if step.used
        for _, span, one in (*context_sources(step), *context_mounts(step))
    ]
    if not wanted or not fits(graph, context):
        return
    sent = Sent(context.context.tree, context.context.ignore)
    seen: set[str] = set()
    for step, span, one in wanted:
        root = one.path.strip("/") if not has_wildcard(one.path) else ""
        try:
            for path, node in islice(_below(sent, context, one, seen), MOST_LOOKED_AT - len(seen)):
                seen.add(path)
                yield Taken(path, node, step, span, named(step), is_whole(one), path == root, root)
        except ContextError:
            continue  # a directory that may not be read: `predict` says so


def _below(sent: Sent, context: BuildContext, wanted: Selection, seen: set[str]) -> Iterator[tuple[str, Node]]:
    if wanted.parents or (has_wildcard(wanted.path) and not is_whole(wanted)):
        yield from ((path, node) for path, node in paths(context.context, wanted) if path not in seen)
        return
    root = "" if is_whole(wanted) else wanted.path.strip("/")
    folder, _, name = root.rpartition("/")
    node = sent.children(folder).get(name) if root else None
    if node is not None and root not in seen:
        yield root, node
    excluded = Ignore(wanted.exclude) if wanted.exclude else None
    waiting = [root] if not root or (node is not None and node.kind == "dir") else []
    while waiting:
        at = waiting.pop()
        for name, node in sorted(sent.children(at).items()):
            path = f"{at}/{name}" if at else name
            inner = path[len(root) + 1 :] if root else path
            if excluded is not None and excluded.excluded(inner):
                continue
            if path not in seen:
                yield path, node
            if node.kind == "dir" and name not in GENERATED and path != ".git":
                waiting.append(path)
