"""Leaves of a report what is about lines that differ from a revision."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..analyzer.context import ContextError
from ..analyzer.context.git import repository
from ..analyzer.files import InputError
from ..analyzer.source import Span
from .run import FileReport


def check_revision(rev: str, paths: Iterable[str]) -> None:
    """Nothing where a revision is one for the files of some paths; InputError where it is one for none of them."""
    wrong: ContextError | None = None
    for folder in dict.fromkeys(os.path.dirname(path) or os.curdir for path in paths):
        try:
            with repository(folder) as repo:
                repo.commit(rev)
                return
        except ContextError as error:
            wrong = wrong or error
    if wrong is not None:
        raise InputError(f"--diff-base {rev}: {wrong}")


def on_changed_lines(report: FileReport, rev: str) -> FileReport:
    """The report with the findings that touch a line changed since `rev`; all where the revision lacks the file.

    Where git cannot tell, there is none, and `failure` says why.
    """
    if report.source is None or not report.diagnostics:
        return report
    try:
        with repository(os.path.dirname(report.path) or os.curdir) as repo:
            changed = repo.changed_lines(rev, report.path)
    except ContextError as error:
        return report._replace(diagnostics=(), failure=f"--diff-base {rev}: {error}")
    if changed is None:
        return report
    text = report.source.text

    def touched(span: Span) -> bool:
        first = text.count("\n", 0, span.start) + 1
        last = first + text.count("\n", span.start, max(span.start, span.end - 1))
        return any(lines.start <= last and first < lines.stop for lines in changed)

    return report._replace(diagnostics=tuple(one for one in report.diagnostics if touched(one.primary)))
