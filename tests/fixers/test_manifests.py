"""Lock files and manifests of members that are copied too, and the copies that stay as they are."""

from __future__ import annotations

import pytest

from .conftest import FixText

LOCK, MEMBERS = "order/lock-file-not-copied", "order/workspace-manifest-missing"
Context = dict[str, str]

NPM = {"package.json": "{}", "package-lock.json": '{"packages": {}}'}
SPACE = {
    "package.json": '{"workspaces": ["p/*"]}',
    "package-lock.json": '{"packages": {}}',
    "p/a/package.json": "{}",
    "p/b/package.json": "{}",
}

CURED: dict[str, tuple[str, str, Context, str]] = {
    "a lock file": (
        LOCK,
        "FROM node\nWORKDIR /a\nCOPY package.json ./\nRUN npm install\n",
        NPM,
        "FROM node\nWORKDIR /a\nCOPY package.json package-lock.json ./\nRUN npm install\n",
    ),
    "between others": (
        LOCK,
        "FROM node\nCOPY --chown=1 package.json \\\n     tsconfig.json /a/\nRUN cd /a && npm ci\n",
        {**NPM, "tsconfig.json": "{}"},
        "FROM node\nCOPY --chown=1 package.json package-lock.json \\\n     tsconfig.json /a/\nRUN cd /a && npm ci\n",
    ),
    "the JSON form": (
        LOCK,
        'FROM golang\nWORKDIR /a\nCOPY ["go.mod", "./"]\nRUN go mod download\n',
        {"go.mod": "", "go.sum": ""},
        'FROM golang\nWORKDIR /a\nCOPY ["go.mod", "go.sum", "./"]\nRUN go mod download\n',
    ),
    "a folder": (
        LOCK,
        "FROM node\nWORKDIR /a\nCOPY web/package.json .\nRUN yarn install\n",
        {"web/package.json": "{}", "web/yarn.lock": ""},
        "FROM node\nWORKDIR /a\nCOPY web/package.json web/yarn.lock .\nRUN yarn install\n",
    ),
    "members": (
        MEMBERS,
        "FROM node\nWORKDIR /a\nCOPY --chown=1 package*.json ./\nRUN npm ci\nCOPY . .\n",
        SPACE,
        "FROM node\nWORKDIR /a\nCOPY --chown=1 package*.json ./\nCOPY --chown=1 p/a/package.json ./p/a/\n"
        "COPY --chown=1 p/b/package.json ./p/b/\nRUN npm ci\nCOPY . .\n",
    ),
    "one of two members": (
        MEMBERS,
        "FROM node\nCOPY package*.json /a/\nCOPY p/a/package.json /a/p/a/\nRUN cd /a && npm ci\n",
        SPACE,
        "FROM node\nCOPY package*.json /a/\nCOPY p/b/package.json /a/p/b/\nCOPY p/a/package.json /a/p/a/\n"
        "RUN cd /a && npm ci\n",
    ),
    "a workspace in a folder": (
        MEMBERS,
        "FROM node\nWORKDIR /a\nCOPY web/package.json web/package-lock.json ./\nRUN npm ci\n",
        {f"web/{name}": text for name, text in SPACE.items() if not name.startswith("p/b")},
        "FROM node\nWORKDIR /a\nCOPY web/package.json web/package-lock.json ./\n"
        "COPY web/p/a/package.json ./p/a/\nRUN npm ci\n",
    ),
}


@pytest.mark.parametrize(("rule", "text", "context", "wanted"), CURED.values(), ids=CURED)
def test_what_is_missing_is_copied_too(rule: str, text: str, context: Context, wanted: str, fix_text: FixText) -> None:
    assert not fix_text(text, rule, context=context).applied
    fixed = fix_text(text, rule, context=context, unsafe=True)
    assert fixed.texts.get("Dockerfile") == wanted
    assert not fixed.withdrawn and all("is meant to" in one.fix.assumes for one in fixed.applied)
    assert not fix_text(wanted, rule, context=context, unsafe=True).report.diagnostics


LEFT: dict[str, tuple[str, str, Context | None]] = {
    "no context": (LOCK, "FROM node\nCOPY package.json ./\nRUN npm ci\n", None),
    "no lock file": (LOCK, "FROM node\nCOPY package.json ./\nRUN npm ci\n", {"package.json": "{}"}),
    "a lock file that is ignored": (
        LOCK,
        "FROM node\nCOPY package.json ./\nRUN npm ci\n",
        {**NPM, ".dockerignore": "*-lock.json\n"},
    ),
    "a lock file that is there": (LOCK, "FROM node\nCOPY package*.json ./\nRUN npm ci\n", NPM),
    "a file as destination": (LOCK, "FROM node\nCOPY package.json /package.json\nRUN cd / && npm ci\n", NPM),
    "a manifest that is mounted": (
        LOCK,
        "FROM node\nWORKDIR /a\nRUN --mount=type=bind,source=package.json,target=package.json npm ci\n",
        NPM,
    ),
    "a name with a space": (
        LOCK,
        'FROM node\nWORKDIR /a\nCOPY ["my app/package.json", "./"]\nRUN npm ci\n',
        {"my app/package.json": "{}", "my app/package-lock.json": "{}"},
    ),
    "members that are there": (MEMBERS, "FROM node\nCOPY . .\nRUN npm ci\n", SPACE),
    "members with scripts": (
        MEMBERS,
        "FROM node\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\n",
        {**SPACE, "p/a/package.json": '{"scripts": {"postinstall": "node x.js"}}'},
    ),
    "members that are built": (
        MEMBERS,
        "FROM rust\nWORKDIR /a\nCOPY Cargo.toml Cargo.lock ./\nRUN cargo build\n",
        {"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "Cargo.lock": "", "a/Cargo.toml": ""},
    ),
    "members that are chosen": (MEMBERS, "FROM node\nCOPY package*.json ./\nRUN npm ci -w p/a\n", SPACE),
    "members and a file as destination": (
        MEMBERS,
        "FROM node\nWORKDIR /a\nCOPY package.json /a/package.json\nRUN npm install\n",
        {name: text for name, text in SPACE.items() if name != "package-lock.json"},
    ),
    "folders that are kept by --parents": (MEMBERS, "FROM node\nCOPY --parents package*.json ./\nRUN npm ci\n", SPACE),
}


@pytest.mark.parametrize(("rule", "text", "context"), LEFT.values(), ids=LEFT)
def test_what_is_not_plain_is_left(rule: str, text: str, context: Context | None, fix_text: FixText) -> None:
    assert not fix_text(text, rule, context=context, unsafe=True).applied
