"""The rules on what the context brings in: hits, the longer lists of silences, and directories on disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.rules.catalogue import chosen
from dcache.rules.files import Contexts
from dcache.rules.rule import Confidence, Diagnostic
from dcache.rules.run import Settings, lint

from .conftest import Lint

MADE, SECRET, HIDDEN, MISSING = (
    "context/generated-files-copied",
    "context/secret-file-copied",
    "context/source-ignored",
    "context/source-not-in-context",
)
SENT, LINE, POINTER = (
    "context/ignored-directory-still-sent",
    "context/ignore-line-without-effect",
    "context/lfs-pointer-copied",
)
UNTRACKED, MODES = "context/untracked-files-copied", "context/mode-sensitive-copy"
WHOLE = "COPY . /x"
NODE = {"package.json": "", "node_modules/a/b.js": ""}
KEY = "-----BEGIN PRIVATE KEY-----\n"
LFS = {
    ".gitattributes": "*.bin filter=lfs\n",
    "a.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n",
}
PASSWORD = "PASSWORD=h7Gf2kQz91\n"

Case = tuple[str, str, dict[str, str]]

HITS: dict[str, Case] = {
    "node_modules": (MADE, WHOLE, NODE),
    "node_modules below": (MADE, WHOLE, {"web/node_modules/a": "", ".dockerignore": "node_modules\n"}),
    "through a mount": (MADE, "RUN --mount=target=/x true", NODE),
    "a folder's own": (MADE, "COPY web /x", {"web/node_modules/a": "", "web/package.json": ""}),
    "a virtual environment": (MADE, WHOLE, {"venv/pyvenv.cfg": "", "venv/bin/python": ""}),
    "what .NET builds": (MADE, WHOLE, {"a.csproj": "", "obj/x": ""}),
    "what git ignores": (MADE, WHOLE, {"dist/a": "", ".gitignore": "/dist/\n"}),
    "what will come": (MADE, WHOLE, {"pom.xml": "", ".gitignore": "target/\n", ".dockerignore": ".git\n"}),
    "an env file": (SECRET, WHOLE, {".env": PASSWORD}),
    "an env file of production": (SECRET, WHOLE, {".env.production": f"export DB_{PASSWORD}"}),
    "an env file below": (SECRET, "COPY app /x", {"app/conf/prod.env": f"PORT=1\nX_{PASSWORD}"}),
    "a key": (SECRET, WHOLE, {"id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----\n"}),
    "a key in a pem": (SECRET, WHOLE, {"tls/x.pem": f"-----BEGIN CERTIFICATE-----\n{KEY}"}),
    "netrc": (SECRET, WHOLE, {".netrc": "machine x login y password h7Gf2kQz\n"}),
    "a folder that is ignored": (HIDDEN, "COPY a/b /x", {"a/b": "", ".dockerignore": "a\n"}),
    "written with dots": (HIDDEN, "COPY ./a/../b /x", {"b": "", ".dockerignore": "b\n"}),
    "a pattern that is a pattern": (HIDDEN, "COPY *.log /x", {"a.log": "", ".dockerignore": "*.log\n"}),
    "all is ignored": (HIDDEN, "ADD . /x", {"a": "", ".dockerignore": "**\n"}),
    "not re-included": (HIDDEN, "COPY a /x", {"a": "", "b": "", ".dockerignore": "*\n!b\n"}),
    "other letters": (MISSING, "COPY a.txt readme.md /x/", {"a.txt": "", "README.md": ""}),
    "a letter too few": (MISSING, "COPY a.txt entrypoin.sh /x/", {"a.txt": "", "entrypoint.sh": ""}),
    "emptied": (SENT, WHOLE, {"a": "", "log/x": "", ".dockerignore": "log/*\n"}),
    "emptied below": (SENT, WHOLE, {"a": "", "b/log/x": "", ".dockerignore": "b/log/**\n"}),
    "a comment": (LINE, WHOLE, {"a": "", ".dockerignore": "b # not needed\n"}),
    "quotes": (LINE, WHOLE, {"a": "", ".dockerignore": "'b'\n"}),
    "out of the context": (LINE, WHOLE, {"a": "", ".dockerignore": "../b\n"}),
    "undone": (LINE, WHOLE, {"a": "", "b": "", ".dockerignore": "b\n!b\n"}),
    "only the root": (LINE, WHOLE, {"a": "", "b/.DS_Store": "", ".dockerignore": ".DS_Store\n"}),
    "a pointer": (POINTER, WHOLE, LFS),
    "a pointer by name": (POINTER, "COPY a.bin /x", LFS),
    "a pointer that is mounted": (POINTER, "RUN --mount=source=a.bin,target=/x true", LFS),
}

SILENT: dict[str, Case] = {
    "ignored": (MADE, WHOLE, {**NODE, ".dockerignore": "**/node_modules\n"}),
    "excluded": (MADE, "COPY --exclude=node_modules . /x", NODE),
    "named": (MADE, "COPY node_modules /x", NODE),
    "named, and part of it": (MADE, "COPY dist/a /x", {"dist/a/b": "", ".gitignore": "dist\n"}),
    "beside what is copied": (MADE, "COPY src /x", {**NODE, "src/a": ""}),
    "git keeps dist": (MADE, WHOLE, {"dist/a": "", ".dockerignore": ""}),
    "target without a project": (MADE, WHOLE, {"target/a": ""}),
    "bin of something else": (MADE, WHOLE, {"bin/run.sh": ""}),
    "venv that is none": (MADE, WHOLE, {"venv/readme": ""}),
    "will come, and is ignored": (
        MADE,
        WHOLE,
        {"package.json": "", ".gitignore": "node_modules\n", ".dockerignore": "node_modules\n"},
    ),
    "will come, git does not know": (MADE, WHOLE, {"package.json": "", ".dockerignore": ".git\n"}),
    "another context": (MADE, WHOLE + "\nCOPY other/go.mod /y", NODE),
    "an unused stage": (MADE, "FROM a AS t\nCOPY . /x\nFROM a", NODE),
    "no value": (SECRET, WHOLE, {".env": "PASSWORD=\nTOKEN=''\n"}),
    "a placeholder": (SECRET, WHOLE, {".env": "PASSWORD=changeme\nAPI_KEY=your-key\nTOKEN=<token>\nSECRET=xxxxxxx\n"}),
    "a reference": (SECRET, WHOLE, {".env": "PASSWORD=${DB_PASS}\n"}),
    "no secret": (SECRET, WHOLE, {".env": "PORT=3000\nNODE_ENV=production\n"}),
    "an example": (SECRET, WHOLE, {".env.example": PASSWORD, ".env.sample.local": PASSWORD}),
    "of tests": (SECRET, WHOLE, {"tests/.env": PASSWORD, "testdata/x.key": KEY, "examples/x.pem": KEY}),
    "a public certificate": (SECRET, WHOLE, {"ca.pem": "-----BEGIN CERTIFICATE-----\n"}),
    "a public key": (SECRET, WHOLE, {"x.key": "-----BEGIN PUBLIC KEY-----\n"}),
    "the secret is ignored": (SECRET, WHOLE, {".env": PASSWORD, ".dockerignore": ".env*\n"}),
    "the secret is named": (SECRET, "COPY .env /x", {".env": PASSWORD}),
    "a token that is a variable": (SECRET, WHOLE, {".npmrc": "//x/:_authToken=${T}\n"}),
    "a name in a source file": (SECRET, WHOLE, {"config.py": PASSWORD}),
    "a file of an ignored suffix": (HIDDEN, "COPY a /x", {"a/b.log": "", "a/c": "", ".dockerignore": "**/*.log\n"}),
    "the root, dot files ignored": (HIDDEN, WHOLE, {"a": "", ".dockerignore": ".*\n"}),
    "the root, all but something": (HIDDEN, WHOLE, {"a": "", ".dockerignore": "**\n!a\n"}),
    "re-included": (HIDDEN, "COPY a/b /x", {"a/b": "", ".dockerignore": "a\n!a/b\n"}),
    "from a stage": (HIDDEN, "COPY --from=other /a /x", {"a": "", ".dockerignore": "a\n"}),
    "a remote file": (HIDDEN, "ADD https://x.example/a /x", {"a": "", ".dockerignore": "**/a\n"}),
    "a heredoc": (HIDDEN, "COPY <<a /x\nb\na", {"a": "", ".dockerignore": "**a\n"}),
    "a variable": (HIDDEN, "ARG S\nCOPY $S /x", {"a": "", ".dockerignore": "*a*\n"}),
    "no ignore file": (HIDDEN, "COPY a /x", {"a": ""}),
    "it is there": (MISSING, "COPY a.txt b/ /x/", {"a.txt": "", "b/c": ""}),
    "it is there, and ignored": (MISSING, "COPY a.txt /x/", {"a.txt": "", ".dockerignore": "a.txt\n"}),
    "nothing is there": (MISSING, "COPY app/a.txt app/b.txt /x/", {"run.sh": ""}),
    "nothing like it": (MISSING, "COPY a.txt config.json /x/", {"a.txt": ""}),
    "a pattern finds nothing": (MISSING, "COPY a.txt c*.json /x/", {"a.txt": "", "C.json": ""}),
    "what builds make": (MISSING, "COPY a.txt app.jar /x/", {"a.txt": "", "App.jar": ""}),
    "a source of a stage": (MISSING, "COPY --from=other readme.md /x", {"README.md": "", "a": ""}),
    "the directory is ignored": (SENT, WHOLE, {"a": "", "log/x": "", ".dockerignore": "log\n"}),
    "kept by git": (SENT, WHOLE, {"a": "", "log/x": "", "log/.gitignore": "*", ".dockerignore": "log/*\n"}),
    "something is re-included": (SENT, WHOLE, {"a": "", "log/x": "", ".dockerignore": "log/*\n!log/x\n"}),
    "it does not exist": (SENT, WHOLE, {"a": "", ".dockerignore": "log/*\n"}),
    "ignored by another line": (SENT, WHOLE, {"a": "", "log/x": "", ".dockerignore": "log/*\nlog\n"}),
    "not copied": (SENT, "COPY a /x", {"a": "", "log/x": "", ".dockerignore": "log/*\n"}),
    "all, and exceptions": (SENT, WHOLE, {"src/a": "", ".dockerignore": "**\n!src/**\n"}),
    "a small ignored directory": (SENT, WHOLE, {"log/x": "", "a.md": "", ".dockerignore": "log\n!**/*.md\n"}),
    "a comment of its own": (LINE, WHOLE, {"a": "", ".dockerignore": "# not needed\nb\n"}),
    "a hash in a name": (LINE, WHOLE, {"a": "", ".dockerignore": "b#c\n"}),
    "an exception behind something": (LINE, WHOLE, {"a": "", ".dockerignore": "*\n!a\n"}),
    "a smaller exception": (LINE, WHOLE, {"a": "", "b/c": "", ".dockerignore": "b\n!b/c\n"}),
    "only the root, and nothing below": (LINE, WHOLE, {"a": "", "x.log": "", ".dockerignore": "*.log\n"}),
    "only the root, below is ignored": (LINE, WHOLE, {"a": "", "b/x.log": "", ".dockerignore": "*.log\nb\n"}),
    "a name that can be meant": (LINE, WHOLE, {"a": "", "b/README.md": "", ".dockerignore": "README.md\n"}),
    "nothing whole is copied": (LINE, "COPY a /x", {"a": "", ".dockerignore": "b # c\n"}),
    "an empty ignore file": (LINE, WHOLE, {"a": "", ".dockerignore": "\n"}),
    "the real file": (POINTER, WHOLE, {**LFS, "a.bin": "\0" * 120}),
    "a text about it": (
        POINTER,
        WHOLE,
        {**LFS, "a.bin": "see: version https://git-lfs.github.com/spec/v1, and so on, and on"},
    ),
    "without the filter": (POINTER, WHOLE, {"a.bin": LFS["a.bin"], ".gitattributes": "*.txt text\n"}),
    "a pointer that is ignored": (POINTER, WHOLE, {**LFS, ".dockerignore": "*.bin\n"}),
    "a pointer beside": (POINTER, "COPY b /x", {**LFS, "b": ""}),
}


def _text(body: str) -> str:
    return f"FROM debian:12 AS other\nRUN true\nFROM debian:12\nCOPY --from=other /y /y\n{body}\n"


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: Case, lint_text: Lint) -> None:
    rule, body, context = case
    report = lint_text(_text(body), rule, context=context)
    assert not report.crashes
    assert [one.rule for one in report.diagnostics] == [rule]


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: Case, lint_text: Lint) -> None:
    rule, body, context = case
    report = lint_text(_text(body), rule, context=context)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == []


@pytest.mark.parametrize("rule", [MADE, SECRET, HIDDEN, MISSING, SENT, LINE, POINTER, UNTRACKED, MODES])
def test_nothing_is_said_where_no_context_is_known(rule: str, lint_text: Lint) -> None:
    assert lint_text(_text(WHOLE + "\nCOPY a /b"), rule).diagnostics == ()


def test_many_generated_directories_are_one_finding(lint_text: Lint) -> None:
    context = {f"p{number}/node_modules/x": "" for number in range(5)}
    (found,) = lint_text(_text(WHOLE), MADE, context=context).diagnostics
    assert "and 2 more" in found.message
    assert "`**/node_modules`" in found.cure


def test_exceptions_that_reach_into_a_large_directory(lint_text: Lint) -> None:
    context = {f"cache/{number}": "" for number in range(1200)} | {"a.md": "", ".dockerignore": "cache\n!**/*.md\n"}
    (found,) = lint_text(_text(WHOLE), SENT, context=context).diagnostics
    assert "looks through" in found.cost
    del context[".dockerignore"]
    assert lint_text(_text(WHOLE), SENT, context=context | {".dockerignore": "!a.md\ncache\n"}).diagnostics == ()


# Directories on disk --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A work tree of git, with modes that git gives."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _lint(
    folder: Path, body: str, rule: str, confidence: Confidence = "medium", *, given: bool = False
) -> tuple[Diagnostic, ...]:
    dockerfile = str(folder / "Dockerfile")
    source = SourceFile(dockerfile, _text(body))
    context = str(folder) if given else None
    report = lint(parse(source), chosen([rule]), lambda: Contexts().of(dockerfile, context), Settings(confidence))
    assert not report.crashes
    return report.diagnostics


def test_files_that_git_ignores(folder: Path) -> None:
    _write(folder, DOTgitignore="*.sqlite\ncache/\n", aDOTtxt="", dbDOTsqlite="", cache__x="", cache__y="", new="")
    (found,) = _lint(folder, WHOLE, UNTRACKED)
    assert "`cache` and `db.sqlite`" in found.message
    _write(folder, DOTdockerignore="*.sqlite\ncache\n")
    assert _lint(folder, WHOLE, UNTRACKED) == ()


@pytest.mark.parametrize("body", ["COPY a.txt db.sqlite /x/", "COPY src /x", "RUN true"])
def test_files_that_git_ignores_where_they_are_named_or_not_copied(folder: Path, body: str) -> None:
    _write(folder, DOTgitignore="*.sqlite\n", aDOTtxt="", dbDOTsqlite="", src__x="", src__yDOTsqlite="")
    assert _lint(folder, body, UNTRACKED) == ()


def test_no_work_tree_ignores_nothing(tmp_path: Path) -> None:
    _write(tmp_path, DOTgitignore="*.sqlite\n", dbDOTsqlite="")
    assert _lint(tmp_path, WHOLE, UNTRACKED) == ()


def test_modes_of_another_umask(folder: Path) -> None:
    _write(folder, aDOTtxt="", bDOTtxt="", c__runDOTsh="")
    assert _lint(folder, WHOLE, MODES) == ()
    (folder / "a.txt").chmod(0o664)
    (folder / "c/run.sh").chmod(0o777)
    (found,) = _lint(folder, WHOLE, MODES)
    assert found.message == "`a.txt` is copied with mode `0664`, which lets others write to it, and 1 more file like it"
    assert _lint(folder, "COPY b.txt /x", MODES) == ()
    (found,) = _lint(folder, "COPY --chmod=755 c/run.sh /x", MODES)
    assert "`--chmod` does not take the mode out of the key" in found.cost


def test_modes_outside_of_git_are_nobodys_business(tmp_path: Path) -> None:
    _write(tmp_path, aDOTtxt="")
    (tmp_path / "a.txt").chmod(0o664)
    assert _lint(tmp_path, WHOLE, MODES) == ()


def test_a_missing_source_of_a_given_context(folder: Path) -> None:
    _write(folder, aDOTtxt="")
    (found,) = _lint(folder, "COPY b.txt /x", MISSING, given=True)
    assert found.confidence == "high"
    assert _lint(folder, "COPY b.txt /x", MISSING) == ()
    _write(folder, DOTgitignore="b.txt\n")
    assert _lint(folder, "COPY a.txt B.txt /x/", MISSING) == ()


def test_what_lies_behind_a_link_is_taken_to_be_there(folder: Path) -> None:
    _write(folder, real__aDOTtxt="")
    (folder / "link").symlink_to("real")
    assert _lint(folder, "COPY link/a.txt /x", MISSING, given=True) == ()
