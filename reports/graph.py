"""The graph of a build as text, Graphviz dot, Mermaid and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..analyzer.costs import Project
from ..analyzer.graph import BuildGraph, Step
from ..analyzer.graph.view import Edge, View, needed_edges
from ..analyzer.predict import name
from .position import Lines
from .style import Style


def graph_text(graph: BuildGraph, view: View, costs: Project, style: Style) -> Iterator[str]:
    """Each stage with its steps and what they read, then the chain that takes longest, with what builds took for it."""
    lines = Lines(graph.plan.dockerfile.source)
    for stage in graph.stages:
        dim = "" if stage.used else "  (unused)"
        yield style.paint(f"{stage.name}{dim}", "1" if stage.used else "2")
        for step in graph.steps:
            if step.stage != stage.number:
                continue
            head = f"  {step.number:>2}/{step.total:<2} line {lines.line(step.span.start):<4} "
            yield head + style.fitted(step.text, len(head))
            for edge in view.edges:
                if edge.to == step.id and edge.how == "content":
                    yield f"           ← {_source(graph, edge)}"
    chain = [graph.steps[at] for at in view.critical_path]
    told = costs.spent(step.instruction for step in chain).told
    count = f"{len(chain)} step{'' if len(chain) == 1 else 's'}{', ' if told else ''}{told}"
    yield f"longest chain ({count}): {' → '.join(map(name, chain))}"


def graph_dot(graph: BuildGraph, view: View) -> Iterator[str]:
    """A Graphviz digraph: full lines for the file system a step starts on, dashed ones for what it reads."""
    yield "digraph build {"
    yield '  rankdir=LR; node [shape=box, fontname="sans-serif"];'
    for stage in graph.stages:
        if stage.used:
            yield f"  subgraph cluster_{stage.number} {{ label={json.dumps(stage.name)};"
            for step in graph.steps:
                if step.stage == stage.number:
                    yield f"    s{step.id} [label={json.dumps(_caption(step))}];"
            yield "  }"
    outside = _outside(view)
    for origin, node in outside.items():
        yield f"  {node} [label={json.dumps(origin)}, shape=ellipse];"
    for edge in needed_edges(view):
        dashed = " [style=dashed]" if edge.how == "content" else ""
        yield f"  {outside.get(edge.from_, f's{edge.from_}')} -> s{edge.to}{dashed};"
    yield "}"


def graph_mermaid(graph: BuildGraph, view: View) -> Iterator[str]:
    """A Mermaid flowchart, as Markdown pages show it."""
    yield "flowchart LR"
    for stage in graph.stages:
        if stage.used:
            yield f'  subgraph g{stage.number}["{_plain(stage.name)}"]'
            for step in graph.steps:
                if step.stage == stage.number:
                    yield f'    s{step.id}["{_plain(_caption(step))}"]'
            yield "  end"
    outside = _outside(view)
    for origin, node in outside.items():
        yield f'  {node}(["{_plain(str(origin))}"])'
    for edge in needed_edges(view):
        arrow = "-.->" if edge.how == "content" else "-->"
        yield f"  {outside.get(edge.from_, f's{edge.from_}')} {arrow} s{edge.to}"


def graph_document(graph: BuildGraph, view: View) -> dict[str, object]:
    """The document of `dcache graph --format json` (schemas/graph.json)."""
    lines = Lines(graph.plan.dockerfile.source)
    return {
        "version": 1,
        "dockerfile": graph.plan.dockerfile.source.path,
        "target": graph.stages[graph.target].name,
        "stages": [
            {
                "index": stage.number,
                "name": stage.name,
                "used": stage.used,
                "base": stage.base if isinstance(stage.base, int) else str(stage.base) if stage.base else None,
                "needs": list(stage.needs),
            }
            for stage in graph.stages
        ],
        "steps": [
            {
                "id": step.id,
                "stage": step.label,
                "stage_index": step.stage,
                "step": step.number,
                "of": step.total,
                "line": lines.line(step.span.start),
                "instruction": step.text,
                "used": step.used,
                "layer": view.layers.get(step.id, -1),
                "reruns": view.reruns.get(step.id, 0),
            }
            for step in graph.steps
        ],
        "edges": [
            {"from": _end(edge.from_), "to": _end(edge.to), "how": edge.how, "what": edge.what} for edge in view.edges
        ],
        "critical_path": [_end(at) for at in view.critical_path],
    }


def _outside(view: View) -> dict[int | str, str]:
    """A drawing's name for everything that comes from outside the build."""
    return {edge.from_: f"o{at}" for at, edge in enumerate(view.edges) if isinstance(edge.from_, str)}


def _end(node: int | str) -> str:
    return f"step {node}" if isinstance(node, int) else node


def _source(graph: BuildGraph, edge: Edge) -> str:
    origin = name(graph.steps[edge.from_]) if isinstance(edge.from_, int) else edge.from_
    return f"{origin} {edge.what}".rstrip()


def _caption(step: Step) -> str:
    text = " ".join(step.text.split())
    return f"{step.number}/{step.total} {text if len(text) <= 48 else text[:47] + '…'}"


def _plain(text: str) -> str:
    """Text inside a Mermaid label: quotes and brackets would end it."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
