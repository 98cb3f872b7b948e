"""Questions about a build that are questions about a directed graph: what follows, what is longest, what is redundant.

The one home of networkx; it is heavy, so nothing on the way of a plain prediction or lint imports this module.
"""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx

from ..costs import SECONDS, Project
from ..named_tuple import NamedTuple
from ..shell import Opaque, installs, package_install, run_commands
from ..typing import Any, Literal, cast
from .steps import (
    BuildGraph,
    ContextOrigin,
    CopyOp,
    GitOrigin,
    HttpOrigin,
    ImageOp,
    ImageOrigin,
    MkdirOp,
    Origin,
    RunOp,
    Step,
    StepOrigin,
)

How = Literal["definition", "content"]


class Edge(NamedTuple):
    """That `to` (a step's id) reads `from_`: a step's id, or the name of something outside.

    `how` is `definition` for the file system a step starts on, `content` where only the bytes read count.
    """

    from_: int | str
    to: int
    how: How
    what: str


class View(NamedTuple):
    """A build's graph with what is asked of it; all by step id.

    `layers` counts the steps that must come before; `reruns` the steps that can run again when a step does;
    `critical_path` is the chain of steps that takes longest, by what builds took, else by `costs.SECONDS`.
    """

    edges: tuple[Edge, ...]
    layers: dict[int, int]
    reruns: dict[int, int]
    critical_path: tuple[int, ...]


def view(graph: BuildGraph, costs: Project) -> View:
    """The edges of a build's used steps and what follows from them, weighed by the durations that are known."""
    edges = tuple(edge for step in graph.steps if step.used for edge in _edges(step))
    digraph: nx.DiGraph[int] = nx.DiGraph()
    digraph.add_nodes_from(step.id for step in graph.steps if step.used)
    for edge in edges:
        if isinstance(edge.from_, int):
            digraph.add_edge(edge.from_, edge.to, weight=_seconds(graph.steps[edge.to], graph, costs))
    layers = {node: depth for depth, nodes in enumerate(nx.topological_generations(digraph)) for node in nodes}
    descendants: Callable[[nx.DiGraph[int], int], set[int]] = cast(Any, nx).descendants
    reruns = {node: len(descendants(digraph, node)) for node in digraph}
    longest = nx.dag_longest_path(digraph, weight="weight", default_weight=0)
    return View(edges, layers, reruns, tuple(longest))


def needed_edges(found: View) -> tuple[Edge, ...]:
    """The edges of a drawing without those that a longer way already implies."""
    digraph: nx.DiGraph[int | str] = nx.DiGraph()
    digraph.add_edges_from((edge.from_, edge.to) for edge in found.edges)
    kept = set(nx.transitive_reduction(digraph).edges)
    return tuple(edge for edge in found.edges if (edge.from_, edge.to) in kept)


def _seconds(step: Step, graph: BuildGraph, costs: Project) -> float:
    """What a step is expected to take: as builds of it took, else by its kind."""
    measured = costs.typical(step.instruction)
    if measured is not None:
        return measured
    if isinstance(step.op, RunOp):
        return SECONDS["install" if _is_install(step, graph) else "run"]
    if isinstance(step.op, CopyOp):
        return SECONDS["copy"]
    return SECONDS["mkdir"] if isinstance(step.op, MkdirOp) else SECONDS["image"]


def _is_install(step: Step, graph: BuildGraph) -> bool:
    file = graph.plan.dockerfile
    read = run_commands(step.instruction, file.source.text, file.escape)
    return not isinstance(read, Opaque) and (bool(installs(read)) or any(map(package_install, read)))


def _edges(step: Step) -> list[Edge]:
    edges: list[Edge] = []
    if isinstance(step.op, ImageOp):
        edges.append(Edge(f"image {step.op.image}", step.id, "definition", ""))
    if step.base is not None:
        edges.append(Edge(step.base, step.id, "definition", ""))
    if isinstance(step.op, CopyOp):
        reads = [(source.origin, source.path) for source in step.op.sources]
    elif isinstance(step.op, RunOp):
        reads = [(mount.origin, "/" + mount.source) for mount in step.op.mounts if mount.origin is not None]
    else:
        reads = []
    for origin, path in reads:
        name = _name(origin)
        if name is not None:
            edges.append(Edge(name, step.id, "content", path))
    return edges


def _name(origin: Origin) -> int | str | None:
    if isinstance(origin, StepOrigin):
        return origin.step
    if isinstance(origin, ContextOrigin):
        return f"context {origin.name}" if origin.name else "context"
    if isinstance(origin, ImageOrigin):
        return f"image {origin.image}"
    if isinstance(origin, HttpOrigin):
        return origin.url
    if isinstance(origin, GitOrigin):
        return f"{origin.remote}#{origin.ref}"
    return f"heredoc {origin.name}"
