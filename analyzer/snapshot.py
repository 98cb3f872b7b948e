"""A state as a document: what `dcache snapshot` writes and `--against state:FILE` reads.

A document holds the builds, not their keys: Dockerfile, options and a listing of what each context gave. Keys are
made anew on loading, so a state written by one version serves the next.
"""

from __future__ import annotations

from collections.abc import Mapping

from .context.ignore import read_ignore
from .context.saved import save_tree, saved_tree
from .context.selection import Context
from .dockerfile import parse
from .engines.buildkit import keys
from .graph import build_graph
from .plans import BuildOptions, BuildPlan, context_spec, parse_platform
from .source import SourceFile
from .state import Build, CacheState, selections
from .typing import cast

FORMAT = "dcache-state/1"
Document = dict[str, object]


def to_document(state: CacheState) -> Document:
    """The document of a state: JSON values only."""
    return {"format": FORMAT, "engine": "buildkit", "builds": [_build_document(build) for build in state.builds]}


def _build_document(build: Build) -> Document:
    plan = build.graph.plan
    taken = selections(build.graph)
    contexts = {
        name: {
            "label": context.tree.label,
            "exact_modes": context.tree.exact_modes,
            "tracked_only": context.tree.tracked_only,
            "files": save_tree(context, taken.get(name, [])),
        }
        for name, context in build.contexts.items()
    }
    source = plan.dockerfile.source
    return {
        "label": build.label,
        "dockerfile": {"path": source.path, "text": source.text},
        "options": {key: value for key, value in plan.options._asdict().items() if value not in (None, (), False)},
        "platform": str(plan.platform),
        "build_platform": str(plan.build_platform),
        "contexts": contexts,
    }


def from_document(document: Mapping[str, object]) -> CacheState:
    """The state that a document (valid by schemas/state.json) describes; BuildError or ContextError if it cannot be."""
    return CacheState(tuple(_build(cast(Document, build)) for build in cast(list[object], document["builds"])))


def _build(document: Document) -> Build:
    source = cast(dict[str, str], document["dockerfile"])
    dockerfile = parse(SourceFile(source["path"], source["text"]))
    options = _options(cast(Document, document["options"]))
    plan = BuildPlan(
        dockerfile,
        options,
        tuple((name, context_spec(value)) for name, value in options.build_contexts),
        parse_platform(cast(str, document["platform"])),
        parse_platform(cast(str, document["build_platform"])),
    )
    contexts: dict[str, Context] = {}
    for name, value in cast(dict[str, Document], document["contexts"]).items():
        tree = saved_tree(
            cast(str, value["files"]),
            cast(str, value["label"]),
            exact_modes=cast(bool, value["exact_modes"]),
            tracked_only=cast(bool, value["tracked_only"]),
        )
        contexts[name] = Context(name, tree, read_ignore(""))
    graph = build_graph(plan)
    return Build(cast(str, document["label"]), graph, keys(graph), contexts)


def _options(document: Document) -> BuildOptions:
    values: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, list):
            items = cast(list[object], value)
            value = tuple(tuple(cast(list[str], i)) if isinstance(i, list) else i for i in items)
        values[key] = value
    return BuildOptions(**values)  # type: ignore[arg-type]
