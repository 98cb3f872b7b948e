"""Every form of findings, read by who it is written for: schemas, object models, parsers."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml
from lsprotocol import types
from lsprotocol.converters import get_converter
from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from dcache.analyzer.graph import BuildError
from dcache.analyzer.source import Edit, SourceFile, Span
from dcache.reports.findings import FORMATS, render
from dcache.reports.style import Style
from dcache.rules.rule import Diagnostic, Fix, Related
from dcache.rules.run import FileReport, LintReport
from dcache.schemas import violation

TEXT = 'FROM a\r\nLABEL x="😀é" y=z\r\nRUN one && \\\r\n  two\r\n'
Y = Span(TEXT.index("y=z"), TEXT.index("y=z") + 3)
RUN = Span(TEXT.index("RUN"), TEXT.rindex("two") + 3)
FIX = Fix("remove it", True, {"a,b:c.Dockerfile": (Edit(Y, "w=<&>"),)}, "re-runs 1 step less")
FOUND = (
    Diagnostic(Y, "`y` 100% | <b>", "costs", "cure it", (Related(RUN, "here"),), fix=FIX, severity="error",
               rule="order/unused-arg"),
    Diagnostic(RUN, "`RUN` \x1b[31m spans lines", severity="info", rule="stages/unused-stage", aliases=("DL1",)),
)  # fmt: skip
REFUSED = BuildError("no", Span(0, 4))
REPORT = LintReport(
    (
        FileReport("a,b:c.Dockerfile", SourceFile("a,b:c.Dockerfile", TEXT), FOUND),
        FileReport("clean", SourceFile("clean", "FROM a\n")),
        FileReport("refused", SourceFile("refused", "NOPE\n"), refusal=REFUSED),
        FileReport("missing", None, failure="no Dockerfile at `missing`"),
    )
)


def written(form: str) -> str:
    return "\n".join(render(REPORT, form, Style(0, False)))


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_report_is_written(form: str) -> None:
    assert isinstance("\n".join(render(LintReport(()), form, Style(0, False))), str)


def test_full() -> None:
    lines = written("full").splitlines()
    assert lines[0] == "a,b:c.Dockerfile:2:14: error order/unused-arg: `y` 100% | <b>"
    assert lines[1] == '     2 | LABEL x="😀é" y=z'
    assert lines[3:7] == ["    a,b:c.Dockerfile:3:1: here", "    cost: costs", "    cure: cure it", ""]
    assert lines[-1] == (
        "2 findings (1 error, 1 info) in 1 of 3 files; 1 could not be read; "
        "cures for up to 2: `dcache fix --diff` shows the safe ones, with --unsafe all"
    )


def test_json_and_json_lines() -> None:
    document = json.loads(written("json"))
    assert violation("findings", document) is None
    assert document["findings"] == [json.loads(line) for line in written("json-lines").splitlines()]
    first, second = document["findings"]
    assert (first["line"], first["column"], first["end_column"]) == (2, 14, 17)
    assert first["fix"]["edits"] == [
        {"file": "a,b:c.Dockerfile", "line": 2, "column": 14, "end_line": 2, "end_column": 17, "text": "w=<&>"}
    ]
    assert (second["line"], second["end_line"], second["aliases"], second["fix"]) == (3, 4, ["DL1"], None)
    assert [one["line"] for one in document["files"]] == [None, None, 1, None]


def test_lsp_is_what_the_protocol_says() -> None:
    documents = [json.loads(line) for line in written("lsp").splitlines()]
    converter = get_converter()
    read = [converter.structure(one, types.PublishDiagnosticsParams) for one in documents]
    assert [len(one.diagnostics) for one in read] == [2, 0, 1, 1]
    first = read[0].diagnostics[0]
    assert (first.range.start.line, first.range.start.character, first.range.end.character) == (1, 14, 17)
    assert first.severity is types.DiagnosticSeverity.Error
    assert list(first.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert first.related_information is not None and first.related_information[0].message == "here"
    edit = converter.structure(documents[0]["diagnostics"][0]["data"]["fix"]["edits"], types.WorkspaceEdit)
    assert edit.changes is not None and [one.new_text for one in edit.changes[read[0].uri]] == ["w=<&>"]


def test_sarif_is_read_by_an_object_model() -> None:
    log = json.loads(written("sarif"))
    run = Sarif.model_validate(log).runs[0]
    assert [rule.id for rule in run.tool.driver.rules or ()] == ["order/unused-arg", "stages/unused-stage"]
    assert run.results is not None and [one.rule_index for one in run.results] == [0, 1]
    (raw, _) = log["runs"][0]["results"]
    place = raw["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2Cb%3Ac.Dockerfile"
    assert place["region"] == {"startLine": 2, "startColumn": 14, "endLine": 2, "endColumn": 17}
    assert raw["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "w=<&>"}
    assert re.fullmatch("[0-9a-f]{16}", raw["partialFingerprints"]["dcache/v1"])
    notices = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [one["message"]["text"] for one in notices] == ["no", "no Dockerfile at `missing`"]


def test_github_commands_keep_their_grammar() -> None:
    lines = written("github").splitlines()
    pattern = r"::(error|warning|notice) ((?:\w+=[^,:]*,?)*)::([^\r\n]*)"
    read = [re.fullmatch(pattern, line) for line in lines]
    assert all(read)
    assert lines[0].startswith("::error file=a%2Cb%3Ac.Dockerfile,line=2,endLine=2,col=14,endColumn=17,title=order/un")
    assert "`y` 100%25 | <b>" in lines[0]
    assert "col=" not in lines[1] and "line=3,endLine=4" in lines[1]


def test_gitlab() -> None:
    read = json.loads(written("gitlab"))
    assert [one["severity"] for one in read] == ["major", "info"]
    assert len({one["fingerprint"] for one in read}) == 2
    assert read[1]["location"] == {"path": "a,b:c.Dockerfile", "lines": {"begin": 3, "end": 4}}


def test_checkstyle() -> None:
    root = ElementTree.fromstring(written("checkstyle"))
    assert [file.get("name") for file in root] == ["a,b:c.Dockerfile", "clean", "refused", "missing"]
    assert [one.get("line") for one in root.iter("error")] == ["2", "3", "1", "1"]


def test_junit() -> None:
    reader: Any = JUnitXml
    read = reader.fromstring(written("junit"))
    assert [(one.tests, one.failures, one.errors) for one in read] == [(2, 2, 0), (1, 0, 0), (1, 0, 1), (1, 0, 1)]
    assert (read.tests, read.failures, read.errors) == (5, 2, 2)


def test_markdown_keeps_its_columns() -> None:
    rows = [line for line in written("markdown").splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}
    assert "&lt;b>" in rows[2]
