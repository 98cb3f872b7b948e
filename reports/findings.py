"""Findings for people: one line each as compilers write it, what belongs to it below, and a summary at the end."""

from __future__ import annotations

from collections.abc import Iterator

from ..rules.rule import Diagnostic
from ..rules.run import LintReport
from .position import Lines
from .prediction import Style

_COLOURS = {"error": "1;31", "warning": "33", "info": "36"}


def findings_text(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of a report."""
    for file in report.files:
        if file.source is not None and file.diagnostics:
            lines = Lines(file.source)
            for diagnostic in file.diagnostics:
                yield from _finding(file.path, diagnostic, lines, style)
    yield summary(report)


def _finding(path: str, diagnostic: Diagnostic, lines: Lines, style: Style) -> Iterator[str]:
    place = lines.position(diagnostic.primary.start)
    severity = diagnostic.severity or "warning"
    head = f"{path}:{place.line}:{place.column}:"
    told = f"{style.paint(severity, _COLOURS[severity])} {style.paint(diagnostic.rule, '1')}"
    yield f"{head} {told}: {diagnostic.message}"
    for related in diagnostic.related:
        at = lines.position(related.span.start)
        yield style.paint(f"    {path}:{at.line}:{at.column}: {related.message}", "2")
    if diagnostic.cost:
        yield f"    cost: {diagnostic.cost}"
    if diagnostic.cure:
        yield f"    cure: {diagnostic.cure}"


def summary(report: LintReport) -> str:
    """One line: how much was found, in how many files."""
    counts = {"error": 0, "warning": 0, "info": 0}
    for file in report.files:
        for diagnostic in file.diagnostics:
            counts[diagnostic.severity or "warning"] += 1
    read = [file for file in report.files if file.source is not None]
    unread = len(report.files) - len(read)
    tail = f"; {unread} could not be read" if unread else ""
    found = sum(counts.values())
    files = f"{len(read)} file{'' if len(read) == 1 else 's'}"
    if not found:
        return f"nothing found in {files}{tail}"
    hit = sum(bool(file.diagnostics) for file in read)
    kinds = ", ".join(
        f"{count} {name}{'s' if count > 1 and name != 'info' else ''}" for name, count in counts.items() if count
    )
    return f"{found} finding{'' if found == 1 else 's'} ({kinds}) in {hit} of {files}{tail}"
