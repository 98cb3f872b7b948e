"""Findings as a JSON document; its schema is schemas/findings.json."""

from __future__ import annotations

from ..analyzer.source import Span
from ..rules.rule import Diagnostic
from ..rules.run import FileReport, LintReport, rules
from .position import Lines


def findings_document(report: LintReport) -> dict[str, object]:
    """The whole report: files, findings in the order of files and text, and counts."""
    aliases = {rule.name: list(rule.rule.aliases) for rule in rules()}
    findings: list[dict[str, object]] = []
    by_severity = {"error": 0, "warning": 0, "info": 0}
    for file in report.files:
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.diagnostics:
            by_severity[one.severity or "warning"] += 1
            findings.append(_finding(file.path, one, aliases.get(one.rule, []), lines))
    return {
        "version": 1,
        "files": [_file(file) for file in report.files],
        "findings": findings,
        "summary": {"files": len(report.files), "findings": len(findings), "severities": by_severity},
    }


def _file(file: FileReport) -> dict[str, object]:
    error = file.failure
    line: int | None = None
    if error is None and file.refusal is not None:
        error = file.refusal.message
        if file.refusal.span is not None and file.source is not None:
            line = Lines(file.source).line(file.refusal.span.start)
    return {"file": file.path, "findings": len(file.diagnostics), "error": error, "line": line}


def _finding(path: str, one: Diagnostic, aliases: list[str], lines: Lines) -> dict[str, object]:
    return {
        "file": path,
        "rule": one.rule,
        "aliases": aliases,
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
        "fix": None,
    }


def _place(span: Span, lines: Lines) -> dict[str, int]:
    start, end = lines.position(span.start), lines.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
