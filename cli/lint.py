"""`dcache lint`."""

from __future__ import annotations

import sys

import click

from ..analyzer.graph import BuildError
from ..pipeline import run_lint
from ..reports.findings import findings_text
from ..reports.findings_document import findings_document
from ..rules.rule import CONFIDENCES, Confidence
from ..rules.run import FileReport, LintRequest
from .errors import frame
from .output import echo_json, echo_lines, format_option, style


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select", multiple=True, metavar="NAME", help="Only these rules or themes; repeatable, or separated by commas."
)
@click.option(
    "--ignore", multiple=True, metavar="NAME", help="Without these rules or themes; repeatable, or separated by commas."
)
@click.option("--context", metavar="DIR", help="The build context of all files (default: the directory of each).")
@click.option(
    "--confidence",
    type=click.Choice(CONFIDENCES),
    default="medium",
    show_default=True,
    help="Report what is at least as sure.",
)
@format_option("text", "json")
def command(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    context: str | None,
    confidence: Confidence,
    output_format: str,
) -> None:
    """Find what in Dockerfiles costs rebuilds.

    PATH is a Dockerfile, a directory to look for them in (default: the current one), or `-` for standard input.
    Exits with 0 where nothing is found, 1 where something is, 2 where a file cannot be read or would be refused.
    """
    request = LintRequest(
        paths=paths or (".",),
        select=_names(select),
        ignore=_names(ignore),
        context=context,
        confidence=confidence,
        stdin=sys.stdin.buffer.read() if "-" in paths else None,
    )
    report = run_lint(request)
    for file in report.files:
        _complain(file)
    if output_format == "json":
        echo_json(findings_document(report))
    else:
        echo_lines(findings_text(report, style()))
    if report.status:
        sys.exit(report.status)


def _names(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _complain(file: FileReport) -> None:
    """Say on standard error what went wrong with a file."""
    if file.failure is not None:
        echo_lines([f"dcache: {file.failure}"], err=True)
    if file.refusal is not None and file.source is not None:
        error: BuildError = file.refusal
        echo_lines(frame(file.source, error).splitlines(), err=True)
    for crash in file.crashes:
        click.echo(crash.trace, err=True, nl=False)
        click.echo(
            f"dcache: {file.path}: the rule {crash.rule} failed; this is a fault of dcache, please report it", err=True
        )
