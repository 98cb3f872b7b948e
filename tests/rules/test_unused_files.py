"""The rule about files that lie beside the source: what is found with a history in memory, and more silences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from dcache.analyzer.context.history import History
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.analyzer.volatility import Volatility
from dcache.rules.catalogue import chosen
from dcache.rules.context.unused_files_copied import Evidence
from dcache.rules.rule import Diagnostic
from dcache.rules.run import lint

from .conftest import build_context

RULE = "context/unused-files-copied"
GO = "FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd\n"
PROJECT = {
    "go.mod": "module m\n", "cmd/main.go": "package main\n", "README.md": "", "docs/a.md": "", "docs/b.png": "",
    ".github/workflows/a.yml": "", "tests/a_test.go": "package tests\n", "charts/app/values.yaml": "",
    ".dockerignore": ".git\n",
}  # fmt: skip
DOCS = [["docs/a.md"]] * 10 + [["cmd/main.go"]] * 30


def found(
    history: Sequence[Sequence[str]], text: str = GO, context: Mapping[str, str] = PROJECT, prefix: str = ""
) -> tuple[Diagnostic, ...]:
    """What the rule says of a build whose commits changed these paths, the newest first."""
    commits = History("", tuple(tuple(f"{prefix}/{path}" if prefix else path for path in one) for one in history))
    there = build_context(context)
    there = there._replace(history=lambda: Volatility(commits, prefix, there.context.ignore))
    report = lint(parse(SourceFile("Dockerfile", text)), chosen((RULE,)), lambda: there)
    assert not report.crashes, report.crashes
    return report.diagnostics


def paths(found: tuple[Diagnostic, ...]) -> tuple[str, ...]:
    (one,) = found
    assert isinstance(one.evidence, Evidence)
    return one.evidence.paths


def test_what_is_said() -> None:
    (one,) = found([["docs/a.md", "README.md"]] * 6 + [[".github/workflows/a.yml"]] * 3 + [["cmd/main.go"]] * 91)
    assert one.sentence == (
        "`COPY . .` takes `README.md`, `docs`, `.github` in, which the build does not seem to read: on 9 of the last "
        "100 commits nothing else of what it takes changed, and re-ran it and 1 later step; list them in "
        "`.dockerignore`"
    )


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(DOCS, ("docs",), id="documentation"),
        pytest.param([["docs/gone.md"]] * 10 + [["cmd/main.go"]] * 30, ("docs",), id="a file that is gone by now"),
        pytest.param([["charts/app/values.yaml"]] * 10 + [["a.go"]] * 9, ("charts",), id="deployment"),
        pytest.param([["tests/a_test.go"]] * 10 + [["a.go"]] * 9, ("tests",), id="tests"),
        pytest.param([["README.md"]] * 5 + [["README.md", "a.go"]] * 90, ("README.md",), id="least"),
        pytest.param(
            [["README.md"]] * 5 + [["docs/a.md", "a.go"]] * 50, ("README.md",), id="not what changes with the source"
        ),
        pytest.param([["docs/a.md", "CHANGES.rst"]] * 10 + [["a.go"]] * 9, ("docs",), id="beside what is gone"),
    ],
)
def test_what_commits_change_alone(history: Sequence[Sequence[str]], expected: tuple[str, ...]) -> None:
    assert paths(found(history)) == expected


def test_a_context_below_the_top_of_the_repository() -> None:
    assert paths(found(DOCS, prefix="services/app")) == ("docs",)


def test_a_directory_that_is_copied() -> None:
    context = {"web/src/a.js": "", "web/docs/a.md": "", "docs/b.md": ""}
    text = "FROM node:22\nCOPY web /app\nRUN node build.js\n"
    assert paths(found([["web/docs/a.md"]] * 9, text, context)) == ("web/docs",)
    assert found([["docs/b.md"]] * 9, text, context) == ()


def test_a_bind_mount() -> None:
    text = "FROM golang:1.25\nRUN --mount=type=bind,target=/src cd /src && go build -o /app ./cmd\n"
    assert paths(found(DOCS, text)) == ("docs",)


SILENT: dict[str, tuple[Sequence[Sequence[str]], str, Mapping[str, str]]] = {
    "no commit": ([], GO, PROJECT),
    "too few commits": ([["docs/a.md"]] * 4, GO, PROJECT),
    "too small a part": ([["docs/a.md"]] * 5 + [["a.go"]] * 100, GO, PROJECT),
    "always with the source": ([["docs/a.md", "cmd/main.go"]] * 50, GO, PROJECT),
    "nothing but source": ([["cmd/main.go"]] * 50, GO, PROJECT),
    "it is ignored": (DOCS, GO, PROJECT | {".dockerignore": "docs\n"}),
    "all is ignored but what is named": (DOCS, GO, PROJECT | {".dockerignore": "*\n!cmd\n!go.mod\n"}),
    "it is gone": (DOCS, GO, {"go.mod": "", "cmd/main.go": ""}),
    "it is not copied": (DOCS, "FROM golang:1.25\nCOPY cmd /src/cmd\nRUN go build\n", PROJECT),
    "it is excluded": (DOCS, "FROM golang:1.25\nCOPY --exclude=docs . /src\nRUN go build\n", PROJECT),
    "nothing stands on the copy": (DOCS, "FROM nginx\nRUN true\nCOPY . /www\n", PROJECT),
    "the copy is not used": (DOCS, "FROM golang:1.25 AS a\nCOPY . .\nRUN go build\nFROM scratch\nENV A=1\n", PROJECT),
    "another copy names it": (DOCS, GO + "COPY docs /docs\n", PROJECT),
    "another copy names a file of it": (DOCS, GO + "COPY docs/a.md /\n", PROJECT),
    "a mount names it": (DOCS, GO + "RUN --mount=type=bind,source=docs,target=/d ls /d\n", PROJECT),
    "it alone is copied": (
        [["docs/README.md"]] * 9, "FROM a\nCOPY docs /d\nRUN true\n", PROJECT | {"docs/README.md": ""},
    ),
    "a folder of documents is copied": ([["posts/a.md"]] * 9, "FROM a\nCOPY posts /d\nRUN true\n", {"posts/a.md": ""}),
    "another copy may take it by a pattern": (DOCS, GO + "COPY d*s /docs/\n", PROJECT),
    "a command reads it": (DOCS, GO + "RUN cp -r docs/ /usr/share\n", PROJECT),
    "a Makefile reads it": (DOCS, GO, PROJECT | {"Makefile": "all:\n\tgo-bindata -o x.go docs/\n"}),
    "a Makefile goes there": (DOCS, GO, PROJECT | {"Makefile": "all:\n\t$(MAKE) -C docs all\n"}),
    "a manifest lists it": (DOCS, GO, PROJECT | {"MANIFEST.in": "recursive-include docs *.md\n"}),
    "CMake reads it": (DOCS, GO, PROJECT | {"CMakeLists.txt": "add_subdirectory(docs)\n"}),
    "code embeds it": (DOCS, GO, PROJECT | {"cmd/main.go": "//go:embed all:docs\nvar f embed.FS\n"}),
    "code far below embeds it": (DOCS, GO, PROJECT | {"a/b/c/d/e.rs": 'include_str!("../../docs/a.md")'}),
    "code reads it": (DOCS, GO, PROJECT | {"app.js": "app.use(express.static('docs'))"}),
    "a site is made of it": (DOCS, GO, PROJECT | {"mkdocs.yml": ""}),
    "a tool makes pages of it": (DOCS, GO, PROJECT | {"package.json": '{"scripts": {"build": "vitepress build"}}'}),
    "it has code": (DOCS, GO, PROJECT | {"docs/docs.go": "package docs\n"}),
    "it is a member of a workspace": (
        [["examples/a/b.js"]] * 9, GO,
        PROJECT | {"examples/a/package.json": "{}", "package.json": '{"workspaces": ["*/*"]}'},
    ),
    "it is a project by its manifest": (
        [["README.md"]] * 9, GO, PROJECT | {"pyproject.toml": 'readme = "README.md"\n'},
    ),
    "setup.py reads it": ([["README.md"]] * 9, GO, PROJECT | {"setup.py": "open('README.md').read()"}),
    "a macro reads it": ([["README.md"]] * 9, GO, PROJECT | {"src/lib.rs": '#![doc = include_str!("../README.md")]'}),
    "tests are run": ([["tests/a_test.go"]] * 9, GO.replace("build", "test"), PROJECT),
    "a Makefile may run tests": ([["tests/a_test.go"]] * 9, GO.replace("go build", "make"), PROJECT),
    "tests are imported": ([["tests/a_test.go"]] * 9, GO, PROJECT | {"cmd/main.go": 'import "m/tests/fake"\n'}),
    "a module of Python is imported": (
        [["tests/a.py"]] * 9, GO, {"app.py": "from tests.a import b\n", "tests/a.py": ""},
    ),
    "the build of tests is listed": (
        [["tests/a.c"]] * 9, GO, {"tests/a.c": "", "CMakeLists.txt": "add_subdirectory(tests)\n"},
    ),
    "a licence": ([["LICENSE"]] * 9, GO, PROJECT | {"LICENSE": ""}),
    "what tools read of git": ([[".gitignore"]] * 9, GO, PROJECT | {".gitignore": ""}),
    "pages of a site": ([["content/a.md"]] * 9, GO, PROJECT | {"content/a.md": ""}),
    "documentation further below": ([["pkg/docs/a.md"]] * 9, GO, PROJECT | {"pkg/docs/a.md": ""}),
    "another file is missing from the context": (DOCS, GO + "COPY nothing /x\n", PROJECT),
    "a name that a variable decides": (DOCS, "FROM golang:1.25\nARG D\nCOPY $D /x\nRUN true\n", PROJECT),
}  # fmt: skip


@pytest.mark.parametrize("case", SILENT)
def test_silence(case: str) -> None:
    history, text, context = SILENT[case]
    assert [one.sentence for one in found(history, text, context)] == []


def test_git_is_not_asked_where_nothing_is_at_stake() -> None:
    there = build_context(PROJECT)

    def asked() -> Volatility:
        raise AssertionError("git was asked")

    there = there._replace(history=asked)
    for text in ("FROM nginx\nCOPY . /www\n", "FROM golang:1.25\nCOPY go.mod /x\nRUN go mod download\n"):
        report = lint(parse(SourceFile("Dockerfile", text)), chosen((RULE,)), lambda: there)
        assert not report.diagnostics and not report.crashes


def test_no_more_is_named_than_is_read_at_a_glance() -> None:
    context = PROJECT | {f"note{number}.md": "" for number in range(20)}
    history = [[f"note{number}.md"] for number in range(20)] * 3
    assert len(paths(found(history, GO, context))) == 12


def test_addresses_are_no_paths() -> None:
    context = PROJECT | {"cmd/main.go": 'const help = "https://example.com/docs/a"\n'}
    assert paths(found(DOCS, GO, context)) == ("docs",)
