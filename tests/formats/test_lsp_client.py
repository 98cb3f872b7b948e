"""An editor's side of `--output-format lsp`: a small client that applies fixes gets what `dcache fix` writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from commands.running import dcache, write

CONVERTER = get_converter()
HARMLESS = {"a.txt": "", "b.txt": ""}


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """A text with edits whose positions are lines and UTF-16 code units."""
    rows = [row.encode("utf-16-le") for row in text.splitlines(keepends=True)] or [b""]
    starts = [sum(map(len, rows[:index])) for index in range(len(rows) + 1)]

    def offset(place: types.Position) -> int:
        assert place.line == len(rows) or place.character * 2 <= len(rows[place.line])
        return starts[place.line] + place.character * 2

    data = b"".join(rows)
    for edit in sorted(edits, key=lambda one: offset(one.range.start), reverse=True):
        start, end = offset(edit.range.start), offset(edit.range.end)
        data = data[:start] + edit.new_text.encode("utf-16-le") + data[end:]
    return data.decode("utf-16-le")


def read(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def edit_files(edit: types.WorkspaceEdit) -> None:
    """Do what a WorkspaceEdit says, on disk."""
    for uri, edits in (edit.changes or {}).items():
        path = read(uri)
        path.write_bytes(applied(path.read_bytes().decode(), list(edits)).encode())
    for change in edit.document_changes or ():
        if isinstance(change, types.CreateFile):
            read(change.uri).touch(exist_ok=False)
        else:
            assert isinstance(change, types.TextDocumentEdit)
            plain = [one for one in change.edits if isinstance(one, types.TextEdit)]
            assert plain and len(plain) == len(change.edits)
            path = read(change.text_document.uri)
            path.write_bytes(applied(path.read_bytes().decode(), plain).encode())


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        ("DL3020", {"Dockerfile": 'FROM alpine:3.22\nLABEL x="😀é𝒳" y=z\nADD a.txt /😀.txt\n'}),
        ("DL3020", {"Dockerfile": "FROM alpine:3.22\r\nADD a.txt /😀.txt\r\n"}),
        ("order/unused-arg", {"Dockerfile": "FROM alpine:3.22\nLABEL a=😀\nARG FLAVOUR=😀\nRUN apk add curl\n"}),
        ("context/no-dockerignore", {"Dockerfile": "FROM alpine:3.22\nCOPY . /😀\n"}),
        ("context/dockerfile-copied", {"Dockerfile": "FROM alpine:3.22\nCOPY . /a\n", ".dockerignore": "# 😀\n*.log"}),
        ("DL3008", {"Dockerfile": "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"}),
    ],
)
def test_a_client_gets_what_dcache_fix_writes(
    rule: str,
    files: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours, theirs = tmp_path / "ours x", tmp_path / "theirs"
    ours.mkdir()
    for name, text in {**HARMLESS, **files}.items():
        (ours / name).write_bytes(text.encode())
    shutil.copytree(ours, theirs)
    monkeypatch.chdir(theirs)
    dcache(capsys, "fix", "--isolated", "--unsafe", "--select", rule)
    monkeypatch.chdir(ours)
    published: Any = dcache(capsys, "lint", "--isolated", "--select", rule, "--output-format", "lsp").out
    (line,) = published.splitlines()
    found = CONVERTER.structure(json.loads(line), types.PublishDiagnosticsParams)
    assert read(found.uri) == ours / "Dockerfile" and len(found.diagnostics) == 1
    data: Any = found.diagnostics[0].data
    if rule == "DL3008":  # what is not known without a network has no fix
        assert "fix" not in data
    else:
        edit_files(CONVERTER.structure(data["fix"]["edits"], types.WorkspaceEdit))
    assert {one.name: one.read_bytes() for one in ours.iterdir()} == {
        one.name: one.read_bytes() for one in theirs.iterdir()
    }


def test_fixes_of_other_files_stand_in_sarif_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(
        write(tmp_path, {**HARMLESS, "Dockerfile": "FROM alpine:3.22\nCOPY . /a\n", ".dockerignore": "😀\n"})
    )
    given = ("lint", "--isolated", "--select", "context/dockerfile-copied", "--output-format")
    ((fix,),) = [one["fixes"] for one in dcache(capsys, *given, "sarif").json["runs"][0]["results"]]
    (change,) = fix["artifactChanges"]
    (replaced,) = change["replacements"]
    assert change["artifactLocation"]["uri"] == ".dockerignore"
    assert replaced["deletedRegion"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 1}
    assert replaced["insertedContent"]["text"] == "Dockerfile\n.dockerignore\n"
    ((edit,),) = [one["fix"]["edits"] for one in dcache(capsys, *given, "json").json["findings"]]
    assert (edit["file"], edit["line"], edit["column"], edit["end_line"]) == (".dockerignore", 2, 1, 2)
