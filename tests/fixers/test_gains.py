"""What fixes save, held against small builds whose answer is plain."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import Edit, SourceFile, Span
from dcache.fixers.gains import Change, Definition, changes, reruns, with_gains
from dcache.rules.facts import Facts
from dcache.rules.rule import Diagnostic, Fix
from rules.conftest import build_context

NODE = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm test\n"
FILES = {"package.json": "{}", "src/a.js": "1", "src/b.js": "2", "README.md": "x", ".gitignore": "y"}


def definition(text: str, files: Mapping[str, str] | None = None) -> Definition:
    context = None if files is None else build_context(files).context
    return Definition(parse(SourceFile("Dockerfile", text)), context)


def gain_of(text: str, new: str, rule: str, files: Mapping[str, str] | None, **edits: str) -> str:
    whole = {"Dockerfile": (Edit(Span(0, len(text)), new),)}
    whole |= {path.replace("_", "."): (Edit(Span(0, 0), added),) for path, added in edits.items()}
    see = Facts(parse(SourceFile("Dockerfile", text)), None if files is None else lambda: build_context(files))
    fix = with_gains(lambda _found, _see: Fix("do it", True, whole))(Diagnostic(Span(0, 4), "x", rule=rule), see)
    assert fix is not None
    return fix.gain


def counts(text: str, change: Change) -> tuple[int, int]:
    """How many steps re-run, and of how many."""
    found = reruns(definition(text, FILES), change)
    return len(found.steps), found.total


def test_an_edit_re_runs_what_stands_behind_its_copy() -> None:
    assert counts(NODE, Change("src/a.js")) == (3, 5)
    assert counts(NODE.replace("COPY . .", "COPY package.json ."), Change("src/a.js")) == (0, 5)


def test_another_argument_re_runs_the_runs_behind_it() -> None:
    text = "FROM alpine\nARG GIT_SHA\nRUN apk add curl\nCOPY . .\nRUN make\n"
    assert counts(text, Change(argument="GIT_SHA")) == (3, 4)


def test_typical_changes_are_sources_and_moving_arguments() -> None:
    text = "FROM alpine\nARG GIT_SHA\nARG FLAVOUR\nCOPY . .\n"
    assert changes(definition(text, FILES)) == (Change(argument="GIT_SHA"), Change("src/a.js"))
    assert changes(definition(text)) == (Change(argument="GIT_SHA"),)


def test_a_copy_that_is_split_is_told_with_its_file() -> None:
    new = NODE.replace("COPY . .\nRUN npm ci\n", "COPY package.json .\nRUN npm ci\nCOPY . .\n")
    told = gain_of(NODE, new, "order/copy-before-install", FILES)
    assert told == "after an edit of `src/a.js`: 3 of 5 steps re-run, then 2"


def test_an_argument_that_moves_down_is_told_with_its_name() -> None:
    text = "FROM alpine\nARG GIT_SHA\nRUN apk add curl\nRUN echo $GIT_SHA\n"
    new = "FROM alpine\nRUN apk add curl\nARG GIT_SHA\nRUN echo $GIT_SHA\n"
    told = gain_of(text, new, "order/volatile-arg-early", None)
    assert told == "with another value of `GIT_SHA`: 2 of 3 steps re-run, then 1"


def test_a_line_of_an_ignore_file_is_told_with_the_file_that_it_leaves_out() -> None:
    text = "FROM alpine\nCOPY . .\nRUN make\n"
    assert gain_of(text, text, "context/no-dockerignore", FILES, _dockerignore="src\n") == (
        "after an edit of `src/a.js`: 2 of 3 steps re-run, then 0"
    )


@pytest.mark.parametrize(
    ("text", "new", "rule", "files"),
    [
        (NODE, NODE.replace("COPY", "copy"), "order/x", FILES),  # nothing is saved
        (NODE, NODE.replace("COPY . .", "COPY src ."), "order/x", {"package.json": "{}"}),  # no source to edit
        (NODE, NODE.replace("RUN npm test\n", ""), "style/x", FILES),  # a rule that is not about rebuilds
        ("FROM a\nCOPY --from=b:$X:?\n", "FROM a\n", "order/x", FILES),  # a build that is refused
        (NODE, NODE + "COPY --bad x y\n", "order/x", FILES),  # a result that is refused
    ],
)
def test_nothing_is_promised_where_nothing_shows(text: str, new: str, rule: str, files: Mapping[str, str]) -> None:
    assert gain_of(text, new, rule, files) == ""
