"""Findings as JUnit XML: a suite a file, a failing test a finding, a passing one where nothing is found."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.run import FileReport, LintReport
from ..position import Lines
from ..style import Style
from .checkstyle import attribute
from .document import file_error


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of the report."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    failures = sum(len(file.diagnostics) for file in report.files)
    errors = sum(file_error(file)[0] is not None for file in report.files)
    clean = sum(not file.diagnostics and file_error(file)[0] is None for file in report.files)
    tests = failures + errors + clean
    yield f'<testsuites name="dcache" tests="{tests}" failures="{failures}" errors="{errors}">'
    for file in report.files:
        yield from _suite(file)
    yield "</testsuites>"


def _suite(file: FileReport) -> Iterator[str]:
    error, at = file_error(file)
    found, name = len(file.diagnostics), attribute(file.path)
    count = found + (error is not None) or 1
    errors = int(error is not None)
    yield f'  <testsuite name={name} tests="{count}" failures="{found}" errors="{errors}">'
    if error is not None:
        message = error if at is None else f"line {at}: {error}"
        yield f'    <testcase name="readable" classname={name}><error message={attribute(message)}/></testcase>'
    if file.source is not None:
        lines = Lines(file.source)
        for one in file.diagnostics:
            place = lines.position(one.primary.start)
            message = attribute(f"line {place.line}, column {place.column}: {one.sentence}")
            kind = one.severity or "warning"
            yield (
                f'    <testcase name={attribute(f"{one.rule}:{place.line}")} classname={name} line="{place.line}">'
                f'<failure type="{kind}" message={message}/></testcase>'
            )
    if not found and error is None:
        yield f'    <testcase name="nothing found" classname={name}/>'
    yield "  </testsuite>"
