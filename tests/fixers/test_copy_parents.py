"""Many manifests are copied by one COPY that keeps their folders, where the frontend surely knows it."""

from __future__ import annotations

import pytest

from .conftest import FixText
from .test_copy_before_install import LOCK, RULE, Context

NAMES = ("alpha", "beta", "gamma")
WORKSPACE = {
    "package.json": '{"workspaces": ["packages/*"]}',
    "package-lock.json": LOCK,
    **{f"packages/{name}/package.json": "{}" for name in NAMES},
    "src/index.js": "",
}
ROWS = "".join(f"    packages/{name}/package.json \\\n" for name in NAMES)
ONE = f"COPY --parents \\\n    package.json \\\n    package-lock.json \\\n{ROWS}    ./\n"
EACH = "COPY package.json package-lock.json ./\n" + "".join(
    f"COPY packages/{name}/package.json ./packages/{name}/\n" for name in NAMES
)
BODY = "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"

SYNTAXES = {
    "docker/dockerfile:1.20": True,
    "docker/dockerfile:1.20.0": True,
    "docker.io/docker/dockerfile:1.28": True,
    "docker/dockerfile-upstream:1.21.0": True,
    f"docker/dockerfile:1.20@sha256:{'1a' * 32}": True,
    "docker/dockerfile:1.7-labs": True,
    "docker/dockerfile:1.7.1-labs": True,
    "docker/dockerfile:1-labs": True,
    "docker/dockerfile:1": False,
    "docker/dockerfile:latest": False,
    "docker/dockerfile": False,
    f"docker/dockerfile:1-labs@sha256:{'1a' * 32}": False,
    "docker/dockerfile:1.19": False,
    "docker/dockerfile:1.7": False,
    "docker/dockerfile:1.6-labs": False,
    "docker/dockerfile:1.2": False,
    "docker/dockerfile:experimental": False,
    "example.com/docker/dockerfile:1.20": False,
    "": False,
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_frontend_must_surely_know_it(syntax: str, fix_text: FixText) -> None:
    head = f"# syntax={syntax}\n" if syntax else ""
    fixed = fix_text(head + BODY, RULE, context=WORKSPACE)
    lines = ONE if SYNTAXES[syntax] else EACH
    wanted = f"{head}FROM node\nWORKDIR /app\n{lines}RUN npm ci\nCOPY . .\n"
    assert fixed.texts["Dockerfile"] == wanted
    assert not fixed.withdrawn
    rules = (RULE, "order/workspace-manifest-missing", "order/lock-file-not-copied", "context/source-not-in-context")
    again = fix_text(wanted, *rules, context=WORKSPACE, unsafe=True)
    assert not again.applied and not again.report.diagnostics


SYNTAX = "# syntax=docker/dockerfile:1.20\n"
SHAPES: dict[str, tuple[str, Context, str]] = {
    "two folders": (
        BODY,
        {name: text for name, text in WORKSPACE.items() if "alpha" not in name and "beta" not in name},
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\n"
        "COPY packages/gamma/package.json ./packages/gamma/\nRUN npm ci\nCOPY . .\n",
    ),
    "a row that is not too long": (
        "FROM node\nCOPY --chown=1:1 . /app\nRUN cd /app && npm ci\n",
        {"package.json": '{"workspaces": ["a", "b"]}', "package-lock.json": LOCK}
        | {f"{name}/package.json": "{}" for name in "ab"}
        | {"x.js": ""},
        "FROM node\nCOPY --parents --chown=1:1 package.json package-lock.json a/package.json b/package.json /app/\n"
        "RUN cd /app && npm ci\nCOPY --chown=1:1 . /app\n",
    ),
    "a folder of the context has other paths in the image": (
        "FROM node\nWORKDIR /app\nCOPY web/ ./\nRUN npm ci\n",
        {f"web/{name}": text for name, text in WORKSPACE.items()},
        "FROM node\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./\n"
        + "".join(f"COPY web/packages/{name}/package.json ./packages/{name}/\n" for name in NAMES)
        + "RUN npm ci\nCOPY web/ ./\n",
    ),
    "another escape character": (
        "WORKDIR /app\nCOPY . .\nRUN npm ci\n",
        WORKSPACE,
        f"WORKDIR /app\n{ONE}RUN npm ci\nCOPY . .\n".replace("\\\n", "`\n"),
    ),
}


@pytest.mark.parametrize(("text", "context", "wanted"), SHAPES.values(), ids=SHAPES)
def test_it_stands_for_folders_that_stay_as_they_are(
    text: str, context: Context, wanted: str, fix_text: FixText
) -> None:
    head = SYNTAX if text.startswith("FROM") else SYNTAX + "# escape=`\nFROM node\n"
    assert fix_text(head + text, RULE, context=context).texts["Dockerfile"] == head + wanted


def test_manifests_of_members_that_are_missing(fix_text: FixText) -> None:
    rule = "order/workspace-manifest-missing"
    text = f"{SYNTAX}FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
    fixed = fix_text(text, rule, context=WORKSPACE, unsafe=True)
    row = " ".join(f"packages/{name}/package.json" for name in NAMES)
    wanted = text.replace("RUN npm ci\n", f"COPY --parents {row} ./\nRUN npm ci\n")
    assert fixed.texts["Dockerfile"] == wanted
    assert not fix_text(wanted, rule, context=WORKSPACE, unsafe=True).report.diagnostics
