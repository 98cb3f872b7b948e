"""Cures of the build context: exact ignore files, and what is left alone."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.analyzer.source import SourceFile, apply_edits
from dcache.fixers.apply import Files, fix_file
from dcache.fixers.git_use import ASKS
from dcache.fixers.ignore_rows import replace_row
from dcache.rules.catalogue import chosen
from dcache.rules.facts import OpenContext
from dcache.rules.files import Contexts
from dcache.rules.run import Settings

from .conftest import FixText

GIT = "context/git-dir-copied"
DOCKERFILE = "context/dockerfile-copied"
GENERATED = "context/generated-files-copied"
SECRET = "context/secret-file-copied"
UNTRACKED = "context/untracked-files-copied"
NO_FILE = "context/no-dockerignore"
LINE = "context/ignore-line-without-effect"
EMPTIED = "context/ignored-directory-still-sent"
ALL = "FROM node:22\nCOPY . /app\nRUN npm ci\n"
REPOSITORY = {".git/HEAD": "ref: x", "src/a.js": "", "package.json": "{}"}


def ignored(
    fix_text: FixText, rule: str, context: Mapping[str, str], text: str = ALL, *, unsafe: bool = True
) -> str | None:
    """The ignore file that a cure leaves, None where it changes nothing; the Dockerfile never changes."""
    fixed = fix_text(text, rule, context=context, unsafe=unsafe)
    assert fixed.settled and not fixed.withdrawn and not fixed.report.crashes, fixed.withdrawn
    assert set(fixed.texts) <= {".dockerignore"}
    return fixed.texts.get(".dockerignore")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".git\n"),
        ("*.log\n", "*.log\n.git\n"),
        ("*.log", "*.log\n.git\n"),
        ("a\r\nb\r\n", "a\r\nb\r\n.git\r\n"),
        ("# mine\n\n", "# mine\n\n.git\n"),
        ("docs\n!docs/a.md\n", "docs\n!docs/a.md\n.git\n"),
    ],
)
def test_git_is_listed(before: str | None, after: str, fix_text: FixText) -> None:
    context = REPOSITORY | ({} if before is None else {".dockerignore": before})
    assert ignored(fix_text, GIT, context) == after
    assert ignored(fix_text, GIT, context, unsafe=False) is None


def test_a_go_program_may_be_asked_for_its_revision(fix_text: FixText) -> None:
    text = "FROM golang\nCOPY . .\nRUN go build -o /app .\n"
    fixed = fix_text(text, GIT, context=REPOSITORY, unsafe=True)
    assert "no Go program is asked for its revision" in fixed.applied[0].fix.assumes


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        (ALL + "RUN git describe > v\n", {}, "a step asks git"),
        (ALL + "RUN cat .git/HEAD\n", {}, "a step reads it"),
        (ALL + "RUN go build -buildvcs=true .\n", {}, "the program is to know its revision"),
        (ALL + "COPY .git /x\n", {}, "it is copied by name"),
        (ALL + "COPY .git/HEAD /x\n", {}, "a part of it is copied by name"),
        (ALL + "ARG D\nCOPY $D /x\n", {}, "a variable may name it"),
        (ALL + "RUN --mount=source=.git,target=/g ls /g\n", {}, "it is mounted by name"),
        (ALL, {"Makefile": "V = $(shell git rev-parse HEAD)\n"}, "make asks git"),
        (ALL, {"pyproject.toml": 'requires = ["setuptools_scm"]\n'}, "the build of the package asks git"),
        (ALL, {"build.rs": "vergen::EmitBuilder::builder();\n"}, "the build script asks git"),
        (ALL, {"package.json": '{"devDependencies": {"husky": "7"}}'}, "its install fails without it"),
        (ALL, {"scripts/version.sh": "git log -1\n"}, "a script asks git"),
        (ALL, {"ops/Dockerfile": "FROM a\nCOPY .git /x\n"}, "another Dockerfile takes it"),
        (ALL, {".dockerignore": "*\n!.git\n!package.json\n"}, "it is let in on purpose"),
        (ALL, {".dockerignore": ".*\n!.git/**\n"}, "it is let in on purpose"),
    ],
)
def test_git_stays(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, GIT, REPOSITORY | context, text) is None, why


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("git -C . describe --tags", True),
        ("subprocess.run(['git', 'log'])", True),
        ("rm -rf .git", True),
        ("LABEL sha=$GIT_SHA", True),
        ("git clone https://example.com/a/b.git && ls", False),
        ('"url": "git+https://example.com/a/b.git"', False),
        ("pip install git+https://example.com/b.git", False),
        ("apt-get install -y git", False),
        ("go build -buildvcs=false", False),
        ("git config --global a.b c", False),
        ("cp .gitignore x", False),
    ],
)
def test_who_asks_git(text: str, asks: bool) -> None:
    assert (ASKS.search(text) is not None) is asks


@pytest.mark.parametrize(
    ("context", "after"),
    [
        ({"Dockerfile": "", "a": ""}, "Dockerfile\n.dockerignore\n"),
        ({"Dockerfile": "", "a": "", ".dockerignore": "x\n"}, "x\nDockerfile\n.dockerignore\n"),
        ({"Dockerfile": "", "a": "", ".dockerignore": "Dockerfile\n"}, "Dockerfile\n.dockerignore\n"),
    ],
)
def test_what_the_engine_reads_anyway_is_listed(context: dict[str, str], after: str, fix_text: FixText) -> None:
    assert ignored(fix_text, DOCKERFILE, context) == after


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        (ALL + "COPY Dockerfile /x\n", {}, "it is copied by name"),
        (ALL + "COPY Docker* /x/\n", {}, "a pattern is about it"),
        (ALL + "RUN wc -l Dockerfile\n", {}, "a step reads it"),
        (ALL, {"b/Dockerfile": "FROM a\nCOPY Dockerfile /x\n"}, "another Dockerfile takes it"),
        (ALL, {"b.Dockerfile": "FROM a\nCOPY Dockerfile /x\n"}, "another Dockerfile takes it"),
        (ALL, {".dockerignore": "*\n!Dockerfile\n!a\n.dockerignore\n"}, "it is let in on purpose"),
    ],
)
def test_a_dockerfile_stays(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, DOCKERFILE, {"Dockerfile": "", "a": ""} | context, text) is None, why


MODULES = {"package.json": "{}", "node_modules/x/a.js": "", "src/a.js": ""}


@pytest.mark.parametrize(
    ("text", "context", "after"),
    [
        (ALL, MODULES, "node_modules\n"),
        (ALL, MODULES | {"b/node_modules/y/a.js": ""}, "**/node_modules\n"),
        (ALL, MODULES | {".dockerignore": "*\n!*\n"}, "*\n!*\nnode_modules\n"),
        ("FROM python:3\nCOPY . .\n", {"a.py": "", "p/__pycache__/a.pyc": ""}, "**/__pycache__\n"),
        ("FROM rust\nCOPY . .\nRUN cargo build\n", {"Cargo.toml": "", "target/x": ""}, "target\n"),
        ("FROM rust\nCOPY . .\nRUN cargo build\n", {"a/Cargo.toml": "", "a/target/x": ""}, "a/target\n"),
        (
            ALL,
            {"package.json": "{}", ".gitignore": "node_modules\n", ".dockerignore": ".git\n"},
            ".git\nnode_modules\n",
        ),
    ],
)
def test_what_tools_make_is_listed(text: str, context: dict[str, str], after: str, fix_text: FixText) -> None:
    assert ignored(fix_text, GENERATED, context, text) == after
    assert ignored(fix_text, GENERATED, context, text, unsafe=False) is None


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        ("FROM node:22\nCOPY . /app\n", MODULES, "nothing installs them: the image needs what is there"),
        ("FROM node:22 AS b\nRUN npm ci\nFROM node:22\nCOPY . .\n", MODULES, "another stage installs them"),
        (ALL + "COPY node_modules/x /x\n", MODULES, "a part of it is copied by name"),
        (
            ALL + "COPY node_modules/x /x\n",
            {"package.json": "{}", ".gitignore": "node_modules\n", ".dockerignore": ""},
            "a part of it will be copied by name",
        ),
        (ALL + "COPY node_modules* /x/\n", MODULES, "a pattern is about it"),
        (ALL, MODULES | {"b/Dockerfile": "FROM a\nCOPY node_modules /x\n"}, "another Dockerfile takes it"),
        (ALL, MODULES | {".dockerignore": "*\n!package.json\n!node_modules\n"}, "it is let in on purpose"),
        ("FROM node:22\nCOPY . .\n", {"package.json": "{}", "dist/a": "", ".gitignore": "dist\n"}, "nothing builds it"),
        ("FROM rust\nCOPY . .\nRUN make\n", {"Cargo.toml": "", "target/x": ""}, "no tool that makes it is called"),
    ],
)
def test_what_a_build_is_given_stays(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, GENERATED, context, text) is None, why


SECRETS = {".env": "DB_PASSWORD=h7Gf2kQz91\n", "a.js": ""}


def test_a_secret_is_listed(fix_text: FixText) -> None:
    assert ignored(fix_text, SECRET, SECRETS) == ".env\n"
    assert ignored(fix_text, SECRET, SECRETS, unsafe=False) is None


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        (ALL + "RUN . ./.env && make\n", {}, "a step reads it"),
        (ALL + 'CMD ["node", "--env-file=.env", "a.js"]\n', {}, "the image reads it"),
        (ALL + "COPY .env /x\n", {}, "it is copied by name"),
        (ALL, {".dockerignore": "*\n!.env\n!a.js\n"}, "it is let in on purpose"),
        (ALL, {"x.dockerfile": "FROM a\nCOPY .env /\n"}, "another Dockerfile takes it"),
    ],
)
def test_a_secret_that_is_used_stays(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, SECRET, SECRETS | context, text) is None, why


@pytest.mark.parametrize(
    ("context", "after"),
    [
        ({"a": ""}, ".git\n.dockerignore\n"),
        ({"a": "", "Dockerfile": ""}, ".git\nDockerfile\n.dockerignore\n"),
        (
            MODULES | {".git/HEAD": "", "p/__pycache__/x": "", "Dockerfile": ""},
            ".git\nDockerfile\n**/__pycache__\nnode_modules\n.dockerignore\n",
        ),
        ({"a": "", "Makefile": "x: ; git log\n", "Dockerfile": ""}, "Dockerfile\n.dockerignore\n"),
    ],
)
def test_a_new_ignore_file(context: dict[str, str], after: str, fix_text: FixText) -> None:
    assert ignored(fix_text, NO_FILE, context) == after
    assert ignored(fix_text, NO_FILE, context, unsafe=False) is None


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        ("FROM a\nCOPY src /app\n", {"src/a": "", "Dockerfile": ""}, "the whole context is not copied"),
        (ALL + "RUN git log\n", {"a": ""}, "no line is sure"),
        (ALL + "COPY Dockerfile .git /x/\n", {"a": "", ".git/HEAD": "", "Dockerfile": ""}, "no line is sure"),
        (ALL, {"a": "", ".dockerignore": ""}, "there is one"),
    ],
)
def test_no_new_ignore_file(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, NO_FILE, context, text) is None, why


@pytest.mark.parametrize(
    ("context", "before", "after", "safe"),
    [
        ({"notes": ""}, "notes # mine\nx\n", "# mine\nnotes\nx\n", False),
        ({"notes": ""}, 'x\r\n"notes"\r\n', "x\r\nnotes\r\n", False),
        ({"x/y.log": ""}, "*.log", "**/*.log", False),
        ({"b": ""}, "!a\nb\n", "b\n", True),
        ({"b": ""}, "b\n../x\n", "b\n", True),
        ({"b": ""}, "b\n../x", "b\n", True),
    ],
)
def test_a_row_says_what_was_meant(
    context: dict[str, str], before: str, after: str, safe: bool, fix_text: FixText
) -> None:
    given = {"a": "", ".dockerignore": before} | context
    assert ignored(fix_text, LINE, given) == after
    assert ignored(fix_text, LINE, given, unsafe=False) == (after if safe else None)


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        (ALL, {".dockerignore": "b\n!b\n"}, "what was meant is not known"),
        (ALL + "COPY notes /x\n", {"notes": "", ".dockerignore": "notes # mine\n"}, "it is copied by name"),
        (ALL + "COPY x/*.log /x/\n", {"x/y.log": "", ".dockerignore": "*.log\n"}, "all that a pattern finds"),
        (ALL, {".dockerignore": "*\n!a\n"}, "it has an effect"),
    ],
)
def test_rows_that_stay(text: str, context: dict[str, str], why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, LINE, {"a": "", "b": ""} | context, text) is None, why


def test_an_emptied_directory_goes(fix_text: FixText) -> None:
    context = {"a": "", "logs/x": "", ".dockerignore": "x\n/logs/*\ny\n"}
    assert ignored(fix_text, EMPTIED, context) == "x\nlogs\ny\n"
    assert ignored(fix_text, EMPTIED, context, unsafe=False) is None


@pytest.mark.parametrize(
    ("text", "ignore", "why"),
    [
        (ALL + "RUN chown 1 logs\n", "logs/*\n", "a step needs the directory"),
        (ALL + "COPY logs /logs\n", "logs/*\n", "it is copied by name"),
        (ALL, "logs/*\nlogs/*\n", "which of the two is meant is not known"),
        (ALL, "logs/*\n!logs/x\n", "something in it is sent"),
    ],
)
def test_emptied_directories_that_stay(text: str, ignore: str, why: str, fix_text: FixText) -> None:
    assert ignored(fix_text, EMPTIED, {"a": "", "logs/x": "", ".dockerignore": ignore}, text) is None, why


@pytest.mark.parametrize(
    ("row", "wanted", "after"),
    [
        (0, "", "b\r\nc"),
        (1, "x", "a\r\nx\r\nc"),
        (2, "x", "a\r\nb\r\nx"),
        (2, "", "a\r\nb\r\n"),
        (0, "#n\nx", "#n\r\nx\r\nb\r\nc"),
    ],
)
def test_one_row_of_a_file(row: int, wanted: str, after: str) -> None:
    text = "a\r\nb\r\nc"
    assert apply_edits(text, [replace_row(text, row, wanted)]) == after


def in_folder(folder: Path, rule: str, *, path: str = "Dockerfile", context: str | None = None) -> dict[str, str]:
    """The files that a cure leaves in a folder, by name."""
    dockerfile = str(folder / path)

    def read(name: str) -> str:
        return Path(name).read_text() if Path(name).exists() else ""

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts).of(dockerfile, context)

    source = SourceFile(dockerfile, (folder / path).read_text())
    fixed = fix_file(source, chosen((rule,)), Files(read, opened), Settings("low"), unsafe=True)
    assert fixed.settled and not fixed.report.crashes
    return {str(Path(name).relative_to(folder)): text for name, text in fixed.texts.items()}


def test_the_ignore_file_of_a_dockerfile_alone_is_the_one(tmp_path: Path) -> None:
    (tmp_path / "web.Dockerfile").write_text(ALL)
    (tmp_path / "web.Dockerfile.dockerignore").write_text("x\n")
    (tmp_path / "Dockerfile").write_text("FROM a\nCOPY .git /x\n")
    (tmp_path / ".dockerignore").write_text("y\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("x")
    assert in_folder(tmp_path, GIT, path="web.Dockerfile") == {"web.Dockerfile.dockerignore": "x\n.git\n"}


def test_a_new_ignore_file_lies_in_the_context(tmp_path: Path) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "Dockerfile").write_text(ALL)
    (tmp_path / "a.txt").write_text("")
    made = in_folder(tmp_path, NO_FILE, path="ops/Dockerfile", context=str(tmp_path))
    assert made == {".dockerignore": ".git\nops/Dockerfile\n.dockerignore\n"}


def test_what_git_ignores_is_listed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "Dockerfile").write_text(ALL)
    (tmp_path / ".gitignore").write_text("*.log\nnotes\n")
    (tmp_path / "a.log").write_text("")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "b").write_text("")
    assert in_folder(tmp_path, UNTRACKED) == {".dockerignore": "a.log\nnotes\n"}
    (tmp_path / "Dockerfile").write_text(ALL + "RUN cat a.log\n")
    assert in_folder(tmp_path, UNTRACKED) == {}
