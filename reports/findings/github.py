"""Findings as workflow commands of GitHub Actions, which shows them at their lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.run import LintReport
from ..position import Lines
from ..style import Style
from .document import file_error

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: LintReport, style: Style) -> Iterator[str]:
    """A command a finding, and one for each file that could not be read."""
    for file in report.files:
        error, at = file_error(file)
        if error is not None:
            line = "" if at is None else f",line={at}"
            yield f"::error file={_property(file.path)}{line},title=dcache::{_data(error)}"
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.diagnostics:
            start, end = lines.position(one.primary.start), lines.position(one.primary.end)
            columns = f",col={start.column},endColumn={end.column}" if start.line == end.line else ""
            yield (
                f"::{_LEVELS[one.severity or 'warning']} file={_property(file.path)},line={start.line},"
                f"endLine={lines.last_line(one.primary)}{columns},title={_property(one.rule)}::{_data(one.sentence)}"
            )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
