"""What a daemon would hold: the builds that it has seen, newest last, with what each of them read."""

from __future__ import annotations

from collections.abc import Mapping

from .context import Context, Selection
from .engines.key import Keys
from .graph import BuildGraph, ContextOrigin, CopyOp, RunOp
from .named_tuple import NamedTuple


class Build(NamedTuple):
    """One build with everything that its keys are made of.

    `label` says in messages which it was. `contexts` holds the contexts that can be read, by name; "" is the main one.
    """

    label: str
    graph: BuildGraph
    keys: Keys
    contexts: Mapping[str, Context]


class CacheState(NamedTuple):
    """The builds whose results a cache still holds. A cache holds many: other targets, other options, imports."""

    builds: tuple[Build, ...] = ()


def selections(graph: BuildGraph) -> dict[str, list[Selection]]:
    """What the used steps of a build take from each context, by the context's name."""
    taken: dict[str, list[Selection]] = {}
    for step in graph.steps:
        if not step.used:
            continue
        if isinstance(step.op, CopyOp):
            for source in step.op.sources:
                if isinstance(source.origin, ContextOrigin):
                    taken.setdefault(source.origin.name, []).append(source.selection)
        elif isinstance(step.op, RunOp):
            for mount in step.op.mounts:
                if isinstance(mount.origin, ContextOrigin):
                    taken.setdefault(mount.origin.name, []).append(Selection(mount.source))
    return taken
