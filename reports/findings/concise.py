"""Findings for people and for grep: one line each as compilers write it, and a summary at the end."""

from __future__ import annotations

from collections.abc import Iterator

from ...fixers.fix import has_cure
from ...rules.rule import Diagnostic
from ...rules.run import LintReport
from ..position import Lines
from ..style import Style

_COLOURS = {"error": "1;31", "warning": "33", "info": "36"}


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of a report."""
    for file in report.files:
        if file.source is not None and file.diagnostics:
            lines = Lines(file.source)
            for diagnostic in file.diagnostics:
                yield head(file.path, diagnostic, lines, style) + diagnostic.sentence
    yield summary(report)


def head(path: str, diagnostic: Diagnostic, lines: Lines, style: Style) -> str:
    """`file:line:column: severity rule: `."""
    place = lines.position(diagnostic.primary.start)
    severity = diagnostic.severity or "warning"
    return (
        f"{path}:{place.line}:{place.column}: "
        f"{style.paint(severity, _COLOURS[severity])} {style.paint(diagnostic.rule, '1')}: "
    )


def summary(report: LintReport) -> str:
    """One line: how much was found, in how many files."""
    counts = {"error": 0, "warning": 0, "info": 0}
    for file in report.files:
        for diagnostic in file.diagnostics:
            counts[diagnostic.severity or "warning"] += 1
    read = [file for file in report.files if file.source is not None]
    unread = len(report.files) - len(read)
    tail = f"; {unread} could not be read" if unread else ""
    if report.accepted:
        tail += f"; the baseline accepts {report.accepted}"
    if report.gone:
        one, it = ("is", "it") if report.gone == 1 else ("are", "them")
        tail += f"; {report.gone} of the baseline's findings {one} gone: --shrink-baseline forgets {it}"
    found = sum(counts.values())
    files = f"{len(read)} file{'' if len(read) == 1 else 's'}"
    if not found:
        return f"nothing found in {files}{tail}"
    curable = sum(has_cure(one.rule) for file in report.files for one in file.diagnostics)
    if curable:
        tail += f"; cures for up to {curable}: `dcache fix --diff` shows the safe ones, with --unsafe all"
    hit = sum(bool(file.diagnostics) for file in read)
    kinds = ", ".join(
        f"{count} {name}{'s' if count > 1 and name != 'info' else ''}" for name, count in counts.items() if count
    )
    return f"{found} finding{'' if found == 1 else 's'} ({kinds}) in {hit} of {files}{tail}"
