"""The cure of files that lie beside the source: exact ignore files, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dcache.analyzer.context.history import History
from dcache.analyzer.source import SourceFile
from dcache.analyzer.volatility import Volatility
from dcache.fixers.apply import Files, fix_file
from dcache.rules.catalogue import chosen
from dcache.rules.facts import OpenContext
from dcache.rules.rule import Fix
from dcache.rules.run import Settings
from rules.conftest import build_context

UNUSED = "context/unused-files-copied"
GO = "FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd\n"


def beside(
    context: Mapping[str, str], history: list[list[str]], text: str = GO, *, unsafe: bool = True
) -> tuple[str | None, tuple[Fix, ...]]:
    """The ignore file that the cure leaves where commits changed these paths, and the fixes that were applied."""
    past = History("", tuple(tuple(one) for one in history))

    def opened(texts: Mapping[str, str]) -> OpenContext:
        there = build_context({**context, **{name: one for name, one in texts.items() if name != "Dockerfile"}})
        return lambda: there._replace(history=lambda: Volatility(past, "", there.context.ignore))

    def read(name: str) -> str:
        return context.get(name, "")

    files = Files(read, opened)
    fixed = fix_file(SourceFile("Dockerfile", text), chosen((UNUSED,)), files, Settings(), unsafe=unsafe)
    assert fixed.settled and not fixed.withdrawn and not fixed.report.crashes, fixed
    assert set(fixed.texts) <= {".dockerignore"}
    return fixed.texts.get(".dockerignore"), tuple(one.fix for one in fixed.applied)


BESIDE = {"cmd/main.go": "", "go.mod": "", "docs/a.md": "", ".github/a.yml": "", "README.md": "", "compose.yaml": ""}
ALONE = [["docs/a.md"]] * 9 + [[".github/a.yml", "README.md"]] * 8 + [["cmd/main.go"]] * 30


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, "docs\n.github\nREADME.md\n", id="a new file"),
        pytest.param("*.log", "*.log\ndocs\n.github\nREADME.md\n", id="no line feed at the end"),
        pytest.param("*.log\r\n", "*.log\r\ndocs\r\n.github\r\nREADME.md\r\n", id="CRLF"),
        pytest.param("*.md\n!a.md\n", "*.md\n!a.md\ndocs\n.github\n", id="behind a line that lets in another"),
        pytest.param("docs\n!docs/a.md\n", "docs\n!docs/a.md\n.github\nREADME.md\n", id="not what is let in"),
        pytest.param("!*.md\n", "!*.md\ndocs\n.github\n", id="nothing that a pattern lets in"),
    ],
)
def test_what_lies_beside_is_listed(before: str | None, after: str) -> None:
    found, _ = beside(BESIDE | ({} if before is None else {".dockerignore": before}), ALONE)
    assert found == after


def test_what_is_assumed_of_what_lies_beside() -> None:
    _, (fix,) = beside(BESIDE, ALONE)
    assert fix.title == "list `docs`, `.github`, `README.md` in .dockerignore"
    assert fix.assumes == "no step and nothing in the image reads `docs`, `.github`, `README.md`"
    assert fix.gain == "on 17 of the last 47 commits nothing else of what is copied changed"
    _, (fix,) = beside(BESIDE | {".git/HEAD": ""}, ALONE)
    assert fix.assumes.endswith(", nor asks git whether files are missing")
    assert beside(BESIDE, ALONE, unsafe=False) == (None, ())


STAGES = GO.replace("25\n", "25 AS build\n") + "FROM scratch\nCOPY --from=build /app /app\n"


def test_what_no_build_of_go_sees_is_listed_safely() -> None:
    found, (fix,) = beside(BESIDE, ALONE, STAGES, unsafe=False)
    assert found == "docs\n.github\nREADME.md\n"
    assert fix.safe and not fix.assumes and fix.gain.startswith("on 17 of")


def test_what_may_be_seen_is_left_out_of_what_is_safe() -> None:
    tests = BESIDE | {"docs/x.syso": ""}
    found, (fix,) = beside(tests, ALONE, STAGES, unsafe=False)
    assert found == ".github\nREADME.md\n" and fix.safe
    found, (fix,) = beside(tests, ALONE, STAGES)
    assert found == "docs\n.github\nREADME.md\n" and not fix.safe


@pytest.mark.parametrize(
    ("context", "text"),
    [
        pytest.param({"Dockerfile.dev": "FROM a\nCOPY docs .github README.md /x/\n"}, GO, id="another Dockerfile"),
        pytest.param({"ci/Dockerfile": "FROM a\nCOPY docs/a.md .github/a.yml README.md /x/\n"}, GO, id="one below"),
        pytest.param({}, GO + "COPY docs README.md .github /x/\n", id="a copy"),
        pytest.param({}, GO + "ENV A=docs B=README.md C=.github\n", id="a variable names them"),
        pytest.param({}, GO + 'CMD ["serve", "docs", "README.md", ".github"]\n', id="the command names them"),
        pytest.param({}, GO + "ARG F\nCOPY $F /x\n", id="a copy of what an argument names"),
        pytest.param({}, GO + "RUN <<E\ncat docs README.md .github\nE\n", id="a heredoc names them"),
        pytest.param({".dockerignore": "*\n!docs\n!.github\n!README.md\n!cmd\n"}, GO, id="they are let in by name"),
        pytest.param({".dockerignore": "docs\n.github\nREADME.md\n"}, GO, id="they are ignored"),
        pytest.param({"Makefile": "a: README.md\n\tcp -r docs .github out\n"}, GO, id="a Makefile names them"),
    ],
)
def test_what_lies_beside_and_is_named_stays(context: Mapping[str, str], text: str) -> None:
    assert beside({**BESIDE, **context}, ALONE, text) == (None, ())
