"""`dcache parse`."""

from __future__ import annotations

import sys

import click

from ..analyzer.dockerfile import parse
from ..analyzer.dockerfile.syntax import Dockerfile
from ..analyzer.files import InputError
from ..pipeline.files import read_source
from ..reports.documents import parse_document
from ..reports.position import Lines
from . import completion
from .output import echo_json, echo_lines, format_option


@click.command("parse")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=completion.files)
@format_option("text", "json")
def command(files: tuple[str, ...], output_format: str) -> None:
    """Show what was read of each Dockerfile; `-` is standard input."""
    read: list[Dockerfile] = []
    failed = False
    for path in files:
        try:
            read.append(parse(read_source(path, sys.stdin.buffer.read() if path == "-" else None)))
        except InputError as error:
            click.echo(f"dcache: {error}", err=True)
            failed = True
    if output_format == "json":
        echo_json(parse_document(read))
    for dockerfile in read:
        lines = Lines(dockerfile.source)
        for problem in dockerfile.problems:
            place = lines.position(problem.span.start)
            click.echo(f"{dockerfile.source.path}:{place.line}:{place.column}: {problem.message}", err=True)
            failed = True
        if output_format == "text":
            stages = [instruction for stage in dockerfile.stages for instruction in stage.instructions]
            for instruction in (*dockerfile.preamble, *stages):
                first, last = lines.line(instruction.span.start), lines.last_line(instruction.span)
                echo_lines([f"{dockerfile.source.path}:{first}-{last}: {instruction.text}"])
    if failed:
        sys.exit(2)
