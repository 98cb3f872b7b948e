"""`dcache graph`."""

from __future__ import annotations

import click

from ..analyzer.typing import Any
from ..pipeline.predict import graph_costs, run_graph
from . import completion
from .build_options import build_options, request
from .output import echo_json, echo_lines, format_option, style


@click.command("graph")
@click.argument("context", nargs=-1, shell_complete=completion.files)
@build_options
@click.option("--at", metavar="REV", help="The build of a git revision instead of the files as they are.")
@format_option("text", "dot", "mermaid", "json")
def command(context: tuple[str, ...], at: str | None, output_format: str, **values: Any) -> None:
    """Show the build of CONTEXT as a graph of steps and what they read."""
    from ..analyzer.graph.view import view
    from ..reports.graph import graph_document, graph_dot, graph_mermaid, graph_text

    asked = request(context, values, at=at)
    graph = run_graph(asked).graph
    costs = graph_costs(asked)
    found = view(graph, costs)
    if output_format == "json":
        echo_json(graph_document(graph, found))
        return
    lines = {
        "text": lambda: graph_text(graph, found, costs, style()),
        "dot": lambda: graph_dot(graph, found),
        "mermaid": lambda: graph_mermaid(graph, found),
    }[output_format]()
    echo_lines(lines)
