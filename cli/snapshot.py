"""`dcache snapshot`."""

from __future__ import annotations

import click

from ..analyzer.typing import Any
from ..pipeline.predict import run_snapshot, save_state
from . import completion
from .build_options import build_options, request
from .output import echo_json, format_option


@click.command("snapshot")
@click.argument("context", nargs=-1, shell_complete=completion.files)
@build_options
@click.option("--at", metavar="REV", help="The build of a git revision instead of the files as they are.")
@click.option("-o", "--out", required=True, **completion.FILE, help="Where to write it.")
@format_option("text", "json")
def command(context: tuple[str, ...], at: str | None, out: str, output_format: str, **values: Any) -> None:
    """Save what the build of CONTEXT leaves in a cache, for `dcache predict --against state:FILE`."""
    state = run_snapshot(request(context, values, at=at))
    size = save_state(state, out)
    steps = sum(step.used for build in state.builds for step in build.graph.steps)
    if output_format == "json":
        echo_json({"version": 1, "file": out, "bytes": size, "steps": steps})
    else:
        click.echo(f"{out}: {steps} steps, {size:,} bytes")
