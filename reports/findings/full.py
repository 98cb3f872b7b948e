"""Findings for people: what and where, the lines of the file, the other places, the cost and the cure."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.rule import Diagnostic
from ...rules.run import LintReport
from ..position import Lines, code_frame
from ..style import Style
from .concise import head, summary


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of a report."""
    for file in report.files:
        if file.source is not None and file.diagnostics:
            lines = Lines(file.source)
            for diagnostic in file.diagnostics:
                yield head(file.path, diagnostic, lines, style) + diagnostic.message
                yield from code_frame(lines, diagnostic.primary).splitlines()
                yield from _below(file.path, diagnostic, lines, style)
                yield ""
    yield summary(report)


def _below(path: str, diagnostic: Diagnostic, lines: Lines, style: Style) -> Iterator[str]:
    for related in diagnostic.related:
        at = lines.position(related.span.start)
        yield style.paint(f"    {path}:{at.line}:{at.column}: {related.message}", "2")
    if diagnostic.cost:
        yield f"    cost: {diagnostic.cost}"
    if diagnostic.cure:
        yield f"    cure: {diagnostic.cure}"
