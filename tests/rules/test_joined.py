"""Findings that one cure mends are one for people, and several for comments, baselines and fixes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from commands.running import dcache
from dcache.analyzer.source import Span
from dcache.rules.catalogue import rules
from dcache.rules.joined import MENDED, joined
from dcache.rules.rule import Diagnostic, Fix
from dcache.rules.run import FileReport

FIRST, GIT, MADE, DOCKERFILE = (
    "context/no-dockerignore",
    "context/git-dir-copied",
    "context/generated-files-copied",
    "context/dockerfile-copied",
)
FILES = {"Dockerfile": "FROM a\nCOPY . /x\nRUN make\n", ".git/HEAD": "ref: x\n", "node_modules/a/b.js": "", "a.c": ""}


class Paths(NamedTuple):
    """What a finding is about."""

    paths: tuple[str, ...]


Found = Callable[..., list[dict[str, object]]]


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Found:
    """What `dcache lint` finds in a project, as its JSON says it."""
    monkeypatch.chdir(tmp_path)

    def lint(*options: str, **files: str) -> list[dict[str, object]]:
        for path, text in (FILES | {name.replace("__", "/"): text for name, text in files.items()}).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        ended = dcache(capsys, "lint", "--isolated", "--format", "json", "--select", "context", *options)
        findings: list[dict[str, object]] = ended.json["findings"]
        return findings

    return lint


def test_one_finding_names_what_all_are_about(found: Found) -> None:
    (one,) = found()
    assert (one["rule"], one["severity"], one["line"]) == (FIRST, "warning", 2)
    assert one["aliases"] == [GIT, MADE, DOCKERFILE]
    assert one["message"] == (
        "`COPY . /x` takes the whole build context and there is no `.dockerignore`, so it takes `.git`, `node_modules`"
        " and `Dockerfile` in: every commit re-runs this step and 1 later step, whatever it changes; add a"
        " `.dockerignore` that lists them, and what else the image can do without"
    )


def test_many_paths_are_counted(found: Found) -> None:
    (one,) = found(a__node_modules__x="", b__node_modules__x="", c__node_modules__x="")
    message = str(one["message"])
    assert "it takes `.git`, `node_modules`, `" in message and "/node_modules` and 2 more in:" in message


def test_its_fix_is_the_one_for_all(found: Found) -> None:
    (one,) = found()
    assert "'file': '.dockerignore'" in str(one["fix"])


def test_without_a_fix_of_its_own_it_has_the_one_of_a_part() -> None:
    place, fix = Span(12, 13), Fix("list it", False, {}, assumes="it is not read")
    first = Diagnostic(place, "no file", severity="warning", rule=FIRST)
    part = Diagnostic(place, "Dockerfile", severity="info", rule=DOCKERFILE, evidence=Paths(("Dockerfile",)), fix=fix)
    report = FileReport("Dockerfile", None, (part, first))
    assert joined(report).diagnostics == (
        first._replace(
            message="no file, so it takes `Dockerfile` in",
            cure="add a `.dockerignore` that lists it, and what else the image can do without",
            aliases=(DOCKERFILE,),
            fix=fix,
        ),
    )
    graver = first._replace(severity="info"), part._replace(severity="warning")
    assert joined(report._replace(diagnostics=graver)).diagnostics == graver
    assert joined(report._replace(diagnostics=(part,))).diagnostics == (part,)
    assert joined(report._replace(diagnostics=(first,))).diagnostics == (first,)


def _rules(findings: list[dict[str, object]]) -> list[object]:
    return [one["rule"] for one in findings]


def test_where_it_is_not_selected_each_is_told(found: Found) -> None:
    assert sorted(_rules(found("--ignore", FIRST)), key=str) == [DOCKERFILE, MADE, GIT]


def test_a_part_that_is_ignored_is_not_named(found: Found) -> None:
    (one,) = found("--ignore", GIT)
    assert ".git`" not in str(one["message"]) and one["aliases"] == [MADE, DOCKERFILE]
    text = f"FROM a\n# dcache: ignore[{MADE}] ours\nCOPY . /x\n"
    (one,) = found(Dockerfile=text)
    assert one["aliases"] == [GIT, DOCKERFILE]


def test_a_comment_that_ignores_it_leaves_the_parts(found: Found) -> None:
    text = f"FROM a\n# dcache: ignore[{FIRST}] ours\nCOPY . /x\n"
    assert sorted(_rules(found(Dockerfile=text)), key=str) == [DOCKERFILE, MADE, GIT]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({".env": "DB_PASSWORD=h7Gf2kQz91\n"}, "it is graver"),
        ({"Dockerfile": "FROM a\nCOPY .git /g\nCOPY . /x\n"}, "another instruction takes it by name"),
        (
            {"Dockerfile": "FROM a\nCOPY web /w\nCOPY . /x\n", "web/node_modules/a": "", "web/a.js": ""},
            "another source",
        ),
    ],
)
def test_what_it_does_not_mend_is_told_too(files: dict[str, str], why: str, found: Found) -> None:
    findings = found(**files)
    assert len(findings) == 2 and FIRST in _rules(findings), why


@pytest.mark.parametrize("text", [".git\n", "*.log\n", ""])
def test_with_an_ignore_file_each_line_that_it_lacks_is_told(text: str, found: Found) -> None:
    assert FIRST not in _rules(found(**{".dockerignore": text}))
    assert len(found(**{".dockerignore": text})) == 3 - (".git" in text)


def test_comments_and_baselines_have_each_by_its_name(
    found: Found, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found()
    base = ("lint", "--isolated", "--select", "context", "--baseline", "b.json")
    assert dcache(capsys, *base, "--write-baseline").status == 0
    accepted = json.loads((tmp_path / "b.json").read_text())["findings"]
    assert sorted(one["rule"] for one in accepted) == [DOCKERFILE, MADE, GIT, FIRST]
    assert dcache(capsys, *base).status == 0
    assert dcache(capsys, "lint", "--isolated", "--select", "context", "--add-ignore").status == 0
    assert dcache(capsys, "lint", "--isolated", "--select", "context").out == "nothing found in 1 file\n"


def test_the_rules_that_are_named_exist() -> None:
    names = {one.name for one in rules()}
    assert {name for first, parts in MENDED.items() for name in (first, *parts)} <= names
