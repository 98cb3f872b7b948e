"""Findings as SARIF 2.1.0, which GitHub's code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from ... import __version__
from ...analyzer.source import SourceFile, Span
from ...rules.baseline import fingerprint
from ...rules.catalogue import LoadedRule, rules
from ...rules.rule import Diagnostic, Fix
from ...rules.run import FileReport, LintReport
from ..position import Lines
from ..style import Style
from .document import aliases_of, file_error

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of the log."""
    yield json.dumps(sarif_log(report), indent=2)


def sarif_log(report: LintReport) -> dict[str, object]:
    """The log: one run, with the rules that found something and a notification for each file that could not be read."""
    named = {one.rule for file in report.files for one in file.diagnostics}
    listed = [rule for rule in rules() if rule.name in named]
    places = {rule.name: index for index, rule in enumerate(listed)}
    results = [result for file in report.files for result in _results(file, places)]
    notices = [notice for file in report.files for notice in _notice(file)]
    run = {
        "tool": {
            "driver": {"name": "dcache", "version": __version__, "rules": [_rule(rule) for rule in listed]},
        },
        "columnKind": "unicodeCodePoints",
        "defaultSourceLanguage": "dockerfile",
        "invocations": [{"executionSuccessful": not notices, "toolExecutionNotifications": notices}],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: LoadedRule) -> dict[str, object]:
    doc = (rule.module.__doc__ or "").strip()
    return {
        "id": rule.name,
        "name": "".join(part.capitalize() for part in rule.name.replace("/", "-").split("-")),
        "shortDescription": {"text": rule.rule.summary},
        "fullDescription": {"text": doc.partition("\n")[0]},
        "help": {"text": doc, "markdown": doc},
        "defaultConfiguration": {"level": _LEVELS[rule.rule.severity], "enabled": rule.rule.default},
        "properties": {"tags": [rule.theme, *rule.rule.aliases]},
    }


def _results(file: FileReport, places: dict[str, int]) -> Iterator[dict[str, object]]:
    if file.source is None:
        return
    lines = Lines(file.source)
    others = {path: Lines(source) for path, source in file.others.items()}
    for one in file.diagnostics:
        result: dict[str, object] = {
            "ruleId": one.rule,
            "level": _LEVELS[one.severity or "warning"],
            "message": {"text": one.sentence},
            "locations": [{"physicalLocation": _place(file.path, one.primary, lines)}],
            "partialFingerprints": {"dcache/v1": fingerprint(file.source, one)},
            "properties": {"confidence": one.confidence, "aliases": aliases_of(one)},
        }
        if one.rule in places:
            result["ruleIndex"] = places[one.rule]
        if one.related:
            result["relatedLocations"] = _related(file.path, one, lines)
        if one.fix is not None:
            result["fixes"] = [_fix(one.fix, {file.path: lines, **others})]
        yield result


def _related(path: str, one: Diagnostic, lines: Lines) -> list[dict[str, object]]:
    return [
        {"id": number, "physicalLocation": _place(path, related.span, lines), "message": {"text": related.message}}
        for number, related in enumerate(one.related)
    ]


def _fix(fix: Fix, known: dict[str, Lines]) -> dict[str, object]:
    """A fix; a file that is not known is a new one, which begins empty."""
    changes = [
        {
            "artifactLocation": {"uri": _uri(path)},
            "replacements": [
                {
                    "deletedRegion": _region(edit.span, known.get(path) or Lines(SourceFile(path, ""))),
                    "insertedContent": {"text": edit.text},
                }
                for edit in sorted(edits)
            ],
        }
        for path, edits in fix.edits.items()
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _notice(file: FileReport) -> Iterator[dict[str, object]]:
    error, line = file_error(file)
    if error is None:
        return
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(file.path)}}
    if line is not None:
        place["region"] = {"startLine": line}
    yield {"level": "error", "message": {"text": error}, "locations": [{"physicalLocation": place}]}


def _place(path: str, span: Span, lines: Lines) -> dict[str, object]:
    return {"artifactLocation": {"uri": _uri(path)}, "region": _region(span, lines)}


def _region(span: Span, lines: Lines) -> dict[str, int]:
    start, end = lines.position(span.start), lines.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _uri(path: str) -> str:
    return "file://" + quote(path) if path.startswith("/") else quote(path)
