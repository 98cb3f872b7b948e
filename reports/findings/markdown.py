"""Findings as a table for a comment on a pull request or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.run import LintReport
from ..position import Lines
from ..style import Style
from .concise import summary
from .document import file_error


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of the report."""
    yield f"**dcache**: {summary(report)}"
    rows = list(_rows(report))
    if rows:
        yield ""
        yield "| place | severity | rule | finding |"
        yield "|---|---|---|---|"
        yield from rows


def _rows(report: LintReport) -> Iterator[str]:
    for file in report.files:
        error, at = file_error(file)
        if error is not None:
            yield f"| {_cell(file.path)}{'' if at is None else f':{at}'} | error | | {_cell(error)} |"
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.diagnostics:
            place = f"{_cell(file.path)}:{lines.line(one.primary.start)}"
            yield f"| {place} | {one.severity or 'warning'} | {one.rule} | {_cell(one.sentence)} |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", " ").replace("\n", " ")
