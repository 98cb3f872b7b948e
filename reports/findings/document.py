"""Findings as one JSON document; its schema is schemas/findings.json."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...analyzer.graph import BuildError
from ...analyzer.source import Span
from ...rules.catalogue import aliases
from ...rules.rule import Diagnostic, Fix
from ...rules.run import FileReport, LintReport
from ..position import Lines
from ..style import Style


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The document's lines."""
    yield json.dumps(findings_document(report), indent=2)


def findings_document(report: LintReport) -> dict[str, object]:
    """The whole report: files, findings in the order of files and text, and counts."""
    by_severity = {"error": 0, "warning": 0, "info": 0}
    for file in report.files:
        for one in file.diagnostics:
            by_severity[one.severity or "warning"] += 1
    findings = list(finding_documents(report))
    return {
        "version": 1,
        "files": [_file(file) for file in report.files],
        "findings": findings,
        "summary": {"files": len(report.files), "findings": len(findings), "severities": by_severity},
    }


def finding_documents(report: LintReport) -> Iterator[dict[str, object]]:
    """Each finding as a document of its own."""
    for file in report.files:
        if file.source is not None and file.diagnostics:
            known = {path: Lines(source) for path, source in {**file.others, file.path: file.source}.items()}
            for one in file.diagnostics:
                yield _finding(file.path, one, known)


def aliases_of(one: Diagnostic) -> list[str]:
    """The names of a finding's check in other linters."""
    return list(aliases().get(one.rule, ()) if one.aliases is None else one.aliases)


def file_error(file: FileReport) -> tuple[str | None, int | None]:
    """What went wrong with a file that no finding says, None for nothing, and its 1-based line where it has one."""
    return _error(file, file.unsaid)


def _error(file: FileReport, refusal: BuildError | None) -> tuple[str | None, int | None]:
    if file.failure is None and refusal is not None:
        line = None if refusal.span is None or file.source is None else Lines(file.source).line(refusal.span.start)
        return refusal.message, line
    return file.failure, None


def _file(file: FileReport) -> dict[str, object]:
    error, line = _error(file, file.refusal)
    return {"file": file.path, "findings": len(file.diagnostics), "error": error, "line": line}


def _finding(path: str, one: Diagnostic, known: dict[str, Lines]) -> dict[str, object]:
    lines = known[path]
    return {
        "file": path,
        "rule": one.rule,
        "aliases": aliases_of(one),
        "severity": one.severity or "warning",
        "confidence": one.confidence,
        "message": one.sentence,
        **_place(one.primary, lines),
        "related": [
            {
                "file": path,
                "line": lines.position(related.span.start).line,
                "column": lines.position(related.span.start).column,
                "message": related.message,
            }
            for related in one.related
        ],
        "fix": None if one.fix is None else _fix(one.fix, known),
    }


def _fix(fix: Fix, known: dict[str, Lines]) -> dict[str, object]:
    """A fix: its edits have places in their files; those that it makes are told whole."""
    return {
        "title": fix.title,
        "safety": "safe" if fix.safe else "unsafe",
        "edits": [
            {"file": name, **(_place(edit.span, known[name]) if name in known else {}), "text": edit.text}
            for name, edits in fix.edits.items()
            for edit in edits
        ],
        "gain": fix.gain,
    }


def _place(span: Span, lines: Lines) -> dict[str, int]:
    start, end = lines.position(span.start), lines.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
