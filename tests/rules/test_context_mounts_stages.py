"""The rules on the context, on mounts and on stages: hits, and the longer lists of silences."""

from __future__ import annotations

import pytest

from .conftest import Lint

WHOLE = "FROM a\nCOPY . /x\n"
GIT = {".git/HEAD": "", ".git/index": "", "a.c": ""}
FULL = {**GIT, "Dockerfile": "", ".dockerignore": ""}

Case = tuple[str, str, dict[str, str] | None]

HITS: dict[str, Case] = {
    "no ignore file": ("context/no-dockerignore", WHOLE, {"a.c": ""}),
    "no ignore file, wildcard": ("context/no-dockerignore", "FROM a\nCOPY * /x/\n", {"a.c": ""}),
    "no ignore file, ADD": ("context/no-dockerignore", "FROM a\nADD ./ /x\n", {"a.c": ""}),
    "no ignore file, bind": ("context/no-dockerignore", "FROM a\nRUN --mount=target=/x true\n", {"a.c": ""}),
    "git": ("context/git-dir-copied", WHOLE, GIT),
    "git, ignore file without it": ("context/git-dir-copied", WHOLE, {**GIT, ".dockerignore": "*.log\n"}),
    "git, by name": ("context/git-dir-copied", "FROM a\nCOPY .git /x/.git\n", GIT),
    "git, bound": ("context/git-dir-copied", "FROM a\nRUN --mount=type=bind,target=/x true\n", GIT),
    "git, let in again": ("context/git-dir-copied", WHOLE, {**GIT, ".dockerignore": ".git\n!.git\n"}),
    "Dockerfile": ("context/dockerfile-copied", WHOLE, {"Dockerfile": "", "a.c": ""}),
    "only the ignore file": ("context/dockerfile-copied", WHOLE, {"Dockerfile": "", ".dockerignore": "Dockerfile\n"}),
    "a bind for an install": (
        "mounts/whole-context-bind",
        "FROM a\nRUN --mount=type=bind,target=/x cd /x && npm ci\n",
        None,
    ),
    "an unnamed stage": ("stages/unused-stage", "FROM a\nRUN true\nFROM b\n", None),
}

SILENT: dict[str, Case] = {
    "no context is known": ("context/no-dockerignore", WHOLE, None),
    "there is an ignore file": ("context/no-dockerignore", WHOLE, {"a.c": "", ".dockerignore": ""}),
    "nothing whole is taken": ("context/no-dockerignore", "FROM a\nCOPY a.c b /x/\n", {"a.c": "", "b/c": ""}),
    "a pattern takes a part": ("context/no-dockerignore", "FROM a\nCOPY *.c /x/\n", {"a.c": ""}),
    "from another stage": ("context/no-dockerignore", "FROM a AS b\nFROM a\nCOPY --from=b . /x\n", {"a.c": ""}),
    "an unused stage": ("context/no-dockerignore", "FROM a AS b\nCOPY . .\nFROM a\n", {"a.c": ""}),
    "the context is another directory": ("context/no-dockerignore", WHOLE + "COPY app/go.mod /\n", {"a.c": ""}),
    "an unknown source": ("context/no-dockerignore", "FROM a\nARG S\nCOPY $S /x\n", {"a.c": ""}),
    "git is ignored": ("context/git-dir-copied", WHOLE, {**GIT, ".dockerignore": ".git\n"}),
    "git is ignored by a pattern": ("context/git-dir-copied", WHOLE, {**GIT, ".dockerignore": "**/.git\n"}),
    "git is not let in": ("context/git-dir-copied", WHOLE, {**GIT, ".dockerignore": "*\n!a.c\n"}),
    "git is excluded": ("context/git-dir-copied", "FROM a\nCOPY --exclude=.git . /x\n", GIT),
    "no git": ("context/git-dir-copied", WHOLE, {"a.c": ""}),
    "git's file of a worktree does not change": ("context/git-dir-copied", WHOLE, {".git": "gitdir: x", "a.c": ""}),
    "a directory beside git": ("context/git-dir-copied", "FROM a\nCOPY src /x\n", {**GIT, "src/a": ""}),
    "a pattern that git does not match": ("context/git-dir-copied", "FROM a\nCOPY a* /x/\n", GIT),
    "git in an unused stage": ("context/git-dir-copied", "FROM a AS b\nCOPY . .\nFROM a\n", GIT),
    "Dockerfile is ignored": (
        "context/dockerfile-copied",
        WHOLE,
        {**FULL, ".dockerignore": "Dockerfile\n.dockerignore\n"},
    ),
    "Dockerfile lies elsewhere": ("context/dockerfile-copied", WHOLE, {"a.c": ""}),
    "Dockerfile beside what is copied": ("context/dockerfile-copied", "FROM a\nCOPY a.c /x\n", FULL),
    "no context for Dockerfile": ("context/dockerfile-copied", WHOLE, None),
    "a bind with a source": (
        "mounts/whole-context-bind",
        "FROM a\nRUN --mount=type=bind,source=x,target=/x npm ci\n",
        None,
    ),
    "a bind from a stage": (
        "mounts/whole-context-bind",
        "FROM a AS b\nFROM a\nRUN --mount=type=bind,from=b,target=/x npm ci\n",
        None,
    ),
    "a cache mount": ("mounts/whole-context-bind", "FROM a\nRUN --mount=type=cache,target=/x npm ci\n", None),
    "a secret": ("mounts/whole-context-bind", "FROM a\nRUN --mount=type=secret,id=x npm ci\n", None),
    "a tmpfs": ("mounts/whole-context-bind", "FROM a\nRUN --mount=type=tmpfs,target=/x npm ci\n", None),
    "an ignore file keeps the rest out": (
        "mounts/whole-context-bind",
        "FROM a\nRUN --mount=target=/x npm ci\n",
        {".dockerignore": "*\n!package.json\n", "package.json": ""},
    ),
    "a compiler reads it all": (
        "mounts/whole-context-bind",
        "FROM a\nRUN --mount=target=. go build ./...\n",
        {".dockerignore": ".git\n", "a.go": ""},
    ),
    "a compiler, context unknown": ("mounts/whole-context-bind", "FROM a\nRUN --mount=target=. go build ./...\n", None),
    "a bind in an unused stage": (
        "mounts/whole-context-bind",
        "FROM a AS t\nRUN --mount=target=/x npm ci\nFROM a\n",
        None,
    ),
    "the only stage": ("stages/unused-stage", "FROM a\n", None),
    "a stage that is copied from": ("stages/unused-stage", "FROM a\nFROM b\nCOPY --from=0 /x /x\n", None),
    "a stage that is a base": ("stages/unused-stage", "FROM a AS x\nFROM x\n", None),
    "a stage that is mounted": (
        "stages/unused-stage",
        "FROM a AS x\nFROM b\nRUN --mount=from=x,target=/x true\n",
        None,
    ),
    "a stage for tests": ("stages/unused-stage", "FROM a AS test\nRUN true\nFROM a\n", None),
    "a stage with a name": ("stages/unused-stage", "FROM a AS alternative\nRUN true\nFROM a\n", None),
    "a stage chosen by a variable": ("stages/unused-stage", "ARG V=x\nFROM a\nFROM b AS x\nFROM $V\n", None),
    "a stage that an unused one needs": (
        "stages/unused-stage",
        "FROM a\nFROM b AS test\nCOPY --from=0 /x /x\nFROM c\n",
        None,
    ),
}


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: Case, lint_text: Lint) -> None:
    rule, text, context = case
    report = lint_text(text, rule, context=context)
    assert not report.crashes
    assert [one.rule for one in report.diagnostics] == [rule]


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: Case, lint_text: Lint) -> None:
    rule, text, context = case
    report = lint_text(text, rule, context=context)
    assert not report.crashes
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_later_copies_are_related(lint_text: Lint) -> None:
    text = "FROM a\nCOPY . /x\nRUN true\nCOPY . /y\n"
    (found,) = lint_text(text, "context/git-dir-copied", context=GIT).diagnostics
    assert found.cost == "every commit re-runs this step and 2 later steps, whatever it changes"
    assert len(found.related) == 1


def test_a_named_stage_is_a_finding_of_low_confidence(lint_text: Lint) -> None:
    (found,) = lint_text("FROM a AS alternative\nFROM a\n", "stages/unused-stage", confidence="low").diagnostics
    assert found.confidence == "low"
