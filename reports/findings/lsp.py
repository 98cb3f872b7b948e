"""Findings as the Language Server Protocol has them: JSON lines, a PublishDiagnosticsParams for each file.

Positions count from 0, in UTF-16 code units. A diagnostic's `data` holds its fix: `title`, `safe`, and `edits`, a
WorkspaceEdit; an editor makes a code action of it. docs/editors.md shows how.
https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from ...analyzer.source import Span
from ...rules.rule import Diagnostic, Fix
from ...rules.run import FileReport, LintReport
from ..position import Lines
from ..style import Style
from .document import aliases_of

_SEVERITIES = {"error": 1, "warning": 2, "info": 3}
_UNNECESSARY = 1
_UNUSED = ("order/unused-arg", "stages/unused-stage", "ignores/unused-ignore", "context/ignore-line-without-effect")


def render(report: LintReport, style: Style) -> Iterator[str]:
    """A line for each file, also for those without findings: they clear what an editor shows."""
    for file in report.files:
        yield json.dumps(publish_diagnostics(file))


def publish_diagnostics(file: FileReport) -> dict[str, object]:
    """The PublishDiagnosticsParams of one file."""
    uri = document_uri(file.path)
    found: list[dict[str, object]] = []
    if file.source is None:
        found.append({"range": _NOWHERE, "severity": 1, "source": "dcache", "message": file.failure or "unreadable"})
    else:
        lines = Lines(file.source)
        if file.unsaid is not None:
            span = file.unsaid.span or Span(0, 0)
            found.append(
                {"range": lines.lsp_range(span), "severity": 1, "source": "dcache", "message": file.unsaid.message}
            )
        known = {file.path: lines, **{path: Lines(source) for path, source in file.others.items()}}
        found += [_diagnostic(uri, one, lines, known) for one in file.diagnostics]
    return {"uri": uri, "diagnostics": found}


def document_uri(path: str) -> str:
    """The URI of a document: that of a file, `untitled:` for standard input."""
    return "untitled:stdin" if path == "-" else Path(os.path.abspath(path)).as_uri()


_NOWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


def _diagnostic(uri: str, one: Diagnostic, lines: Lines, known: dict[str, Lines]) -> dict[str, object]:
    found: dict[str, object] = {
        "range": lines.lsp_range(one.primary),
        "severity": _SEVERITIES[one.severity or "warning"],
        "code": one.rule,
        "source": "dcache",
        "message": one.sentence,
    }
    if one.rule in _UNUSED:
        found["tags"] = [_UNNECESSARY]
    if one.related:
        found["relatedInformation"] = [
            {"location": {"uri": uri, "range": lines.lsp_range(related.span)}, "message": related.message}
            for related in one.related
        ]
    data: dict[str, object] = {"aliases": aliases_of(one), "confidence": one.confidence}
    if one.fix is not None:
        data["fix"] = _fix(one.fix, known)
    return {**found, "data": data}


def _fix(fix: Fix, known: dict[str, Lines]) -> dict[str, object]:
    """A fix, with what it does as a WorkspaceEdit: `changes`, `documentChanges` where it makes a new file."""
    edits = {
        document_uri(path): [
            {"range": known[path].lsp_range(edit.span) if path in known else _NOWHERE, "newText": edit.text}
            for edit in sorted(some)
        ]
        for path, some in fix.edits.items()
    }
    new = [document_uri(path) for path in fix.edits if path not in known]
    made: list[dict[str, object]] = [{"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}} for uri in new]
    written = [{"textDocument": {"uri": uri, "version": None}, "edits": some} for uri, some in edits.items()]
    told = {"documentChanges": [*made, *written]} if new else {"changes": edits}
    return {"title": fix.title, "safe": fix.safe, "gain": fix.gain, "edits": told}
