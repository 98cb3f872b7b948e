"""The cure of whole-context binds: exact texts, and the RUNs that are left alone, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .conftest import FixText

RULE = "mounts/whole-context-bind"
GO = {"go.mod": "module m\n\ngo 1.22\n", "go.sum": "", "main.go": "package main\n"}
PIP = {"requirements.txt": "flask==3\n", "app.py": ""}
HEAD = "FROM golang:1.25\nWORKDIR /src\n"


def made(fix_text: FixText, text: str, context: Mapping[str, str], *, unsafe: bool = True) -> str:
    fixed = fix_text(text, RULE, context=context, unsafe=unsafe)
    assert fixed.settled and not fixed.withdrawn and not fixed.report.crashes, fixed
    return fixed.texts.get("Dockerfile", text)


@pytest.mark.parametrize(
    ("before", "after", "context"),
    [
        pytest.param(
            HEAD + "RUN --mount=type=bind,target=. go mod download\n",
            HEAD + "RUN --mount=type=bind,source=go.mod,target=go.mod --mount=type=bind,source=go.sum,target=go.sum "
            "go mod download\n",
            GO,
            id="the working directory",
        ),
        pytest.param(
            "FROM golang:1.25\nRUN --mount=type=bind,source=.,target=/src/ cd /src && go mod download\n",
            "FROM golang:1.25\nRUN --mount=type=bind,source=go.mod,target=/src/go.mod "
            "--mount=type=bind,source=go.sum,target=/src/go.sum cd /src && go mod download\n",
            GO,
            id="an absolute place",
        ),
        pytest.param(
            "from python:3.13\nrun --mount=target=/x,readonly \\\n"
            "    # the packages\n    pip install -r /x/requirements.txt\n",
            "from python:3.13\nrun --mount=type=bind,source=requirements.txt,target=/x/requirements.txt \\\n"
            "    # the packages\n    pip install -r /x/requirements.txt\n",
            PIP,
            id="small letters, a continuation, a comment",
        ),
        pytest.param(
            HEAD.replace("\n", "\r\n") + "RUN --mount=type=cache,target=/go/pkg/mod --mount=target=. go mod download",
            HEAD.replace("\n", "\r\n") + "RUN --mount=type=cache,target=/go/pkg/mod "
            "--mount=type=bind,source=go.mod,target=go.mod --mount=type=bind,source=go.sum,target=go.sum "
            "go mod download",
            GO,
            id="CRLF, a cache beside it, no line feed at the end",
        ),
    ],
)
def test_what_is_read_is_mounted(before: str, after: str, context: Mapping[str, str], fix_text: FixText) -> None:
    assert made(fix_text, before, context) == after
    assert made(fix_text, before, context, unsafe=False) == before


def test_what_it_assumes(fix_text: FixText) -> None:
    fixed = fix_text(HEAD + "RUN --mount=target=. go mod download\n", RULE, context=GO, unsafe=True)
    (one,) = fixed.applied
    assert one.fix.title == "mount `go.mod`, `go.sum` in the place of the whole context"
    assert one.fix.assumes == "the image has no files of its own at `/src`"


MOUNT = "RUN --mount=type=bind,target=. "
ALONE: dict[str, tuple[str, Mapping[str, str]]] = {
    "a compiler": (HEAD + MOUNT + "go build -o /app .\n", GO),
    "a compiler behind the install": (HEAD + MOUNT + "go mod download && go build -o /app .\n", GO),
    "an install that writes into it": (HEAD + MOUNT + "npm ci\n", {"package.json": "{}", "package-lock.json": "{}"}),
    "a mount that is written to": (HEAD + "RUN --mount=target=.,rw go mod download\n", GO),
    "a mount that is not read-only": (HEAD + "RUN --mount=target=.,readonly=false go mod download\n", GO),
    "a script of the project": (HEAD + MOUNT + "go mod download && ./setup.sh\n", GO),
    "a command that lists it": (HEAD + MOUNT + "go mod download && ls\n", GO),
    "a command that copies from it": (HEAD + MOUNT + "go mod download && cp -r . /out\n", GO),
    "a pattern": (HEAD + MOUNT + "go mod download && cat *.go\n", GO),
    "an opaque text": (HEAD + MOUNT + "eval \"$(cat x)\"; go mod download\n", GO),
    "a folder that a file is not in": (HEAD + MOUNT + "cd docs && go mod download\n", GO | {"docs/a": ""}),
    "a module below": (HEAD + MOUNT + "go mod download\n", GO | {"go.mod": "module m\nreplace a => ./a\n"}),
    "no manifest": (HEAD + MOUNT + "go mod download\n", {"main.go": ""}),
    "a manifest that is ignored": (HEAD + MOUNT + "go mod download\n", GO | {".dockerignore": "go.mod\n"}),
    "something was copied there": (HEAD + "COPY vendor vendor\n" + MOUNT + "go mod download\n", GO | {"vendor/a": ""}),
    "something was copied to the root": (HEAD + "COPY vendor /\n" + MOUNT + "go mod download\n", GO | {"vendor/a": ""}),
    "another mount lies in it": (HEAD + "RUN --mount=target=. --mount=type=cache,target=x go mod download\n", GO),
    "another mount lies above": (HEAD + "RUN --mount=type=tmpfs,target=/src --mount=target=. go mod download\n", GO),
    "the root of the image": ("FROM golang\nRUN --mount=target=/ go mod download\n", GO),
    "a place that a variable names": ("FROM golang\nARG D=/s\nRUN --mount=target=$D cd $D && go mod download\n", GO),
    "the base names the place": ("FROM golang\n" + MOUNT + "go mod download\n", GO),
    "a folder of the context": (HEAD + "RUN --mount=source=src,target=. go mod download\n", {"src/go.mod": ""}),
    "another stage": ("FROM a AS b\n" + HEAD + "RUN --mount=from=b,target=. go mod download\n", GO),
    "an option of it": (HEAD + "RUN --mount=type=bind,target=.,uid=1 go mod download\n", GO),
    "quotes": (HEAD + 'RUN --mount="type=bind,target=." go mod download\n', GO),
    "a trigger": (HEAD + "ONBUILD RUN --mount=type=bind,target=. go mod download\n", GO),
    "a word that a variable decides": (HEAD + "ARG F\n" + MOUNT + "pip install -r $F\n", PIP),
    "what another install needs is not known": (HEAD + MOUNT + "go mod download && cargo build\n", GO),
}  # fmt: skip


@pytest.mark.parametrize("case", ALONE)
def test_what_is_left_alone(case: str, fix_text: FixText) -> None:
    text, context = ALONE[case]
    assert made(fix_text, text, context) == text
