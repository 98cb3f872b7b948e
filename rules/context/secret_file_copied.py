"""A file with secrets is part of what is copied.

## What it finds

A COPY, ADD or bind mount of a directory that takes in a private key, an `.env` with passwords, an `.npmrc` or `.netrc`
with a token, or the credentials of a cloud. The content decides: a file without a secret in it is not reported.

## Why it costs

Whoever has the image, or the cache that was exported, has the secret. And it is not the same on two machines: the step
misses on each, and all behind it.

## When to allow it

Where the value is no secret: words such as `changeme` or `example`, references to variables, and files below
directories for tests and examples are left alone, and so are files that a source names.

## References

- https://docs.docker.com/build/building/secrets/
- https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.context import ContextError
from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..facts import BuildContext, Facts
from ..rule import Diagnostic, Example, Rule
from ..taken import Taken, taken

RULE = Rule("a file with secrets is copied", "error")


class Evidence(NamedTuple):
    """The file, by its path in the context."""

    path: str


BAD = (
    Example("FROM node:22\nCOPY «.» /app\n", {".env": "DB_PASSWORD=h7Gf2kQz91\n", ".dockerignore": ""}),
    Example("FROM alpine\nADD «certs» /c\n", {"certs/server.pem": "-----BEGIN RSA PRIVATE KEY-----\n"}),
    Example("FROM node:22\nCOPY «.» /app\n", {".npmrc": "//r.example.com/:_authToken=npm_0123456789abcdef\n"}),
)
GOOD = (
    Example("FROM node:22\nCOPY . /app\n", {".env": "DB_PASSWORD=h7Gf2kQz91\n", ".dockerignore": ".env\n"}),
    Example("FROM node:22\nCOPY . /app\n", {".env": "PORT=3000\nDB_PASSWORD=\nAPI_KEY=${KEY}\nTOKEN=changeme\n"}),
    Example("FROM node:22\nCOPY . /app\n", {".env.example": "DB_PASSWORD=h7Gf2kQz91\n"}),
    Example("FROM alpine\nCOPY . /c\n", {"ca.pem": "-----BEGIN CERTIFICATE-----\n"}),
    Example("FROM alpine\nCOPY . /c\n", {"tests/key.pem": "-----BEGIN RSA PRIVATE KEY-----\n"}),
    Example("FROM node:22\nCOPY . /app\n", {".npmrc": "//r.example.com/:_authToken=${NPM_TOKEN}\n"}),
    Example("FROM node:22\nCOPY src /app\n", {".env": "DB_PASSWORD=h7Gf2kQz91\n", "src/a.js": ""}),
)

_LARGEST = 64 * 1024
_PRIVATE = r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
_ASSIGNED = (
    r"(?im)^\s*(?:export\s+)?\w*(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|CREDENTIAL|ACCESS_KEY)\w*\s*="
    r"\s*[\"']?([^\s\"'#]{6,})"
)
_CONTENTS = (
    (("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"), _PRIVATE),
    ((".npmrc", ".yarnrc"), r"_(?:authToken|auth|password)\s*=\s*[\"']?([^\s\"'$]{6,})"),
    ((".netrc", "_netrc"), r"\bpassword\s+([^\s$]{4,})"),
    ((".git-credentials",), r"https?://[^:\s]+:([^@\s]+)@"),
    ((".pypirc",), r"(?m)^\s*password\s*[=:]\s*([^\s%$]{4,})"),
    (("credentials",), r"aws_secret_access_key\s*=\s*(\S{16,})"),
    (("credentials.json", "service-account.json", "serviceaccount.json"), _PRIVATE),
)
_NO_SECRET = (
    r"(?i).*(?:change|example|placeholder|your|xxx|todo|dummy|sample|secret|password|token|test|fake|insecure|default|"
    r"localhost|null|none|true|false|here|\.\.\.|<|\$|\{\{).*|(.)\1+"
)
_HARMLESS_PLACES = frozenset(
    "test tests testdata testing fixtures fixture spec specs __tests__ example examples sample samples docs doc e2e "
    "mock mocks demo dev development integration-tests".split()
)
_HARMLESS_NAMES = (
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".defaults",
    ".default",
    ".test",
    ".testing",
    ".tpl",
    ".ci",
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None:
        return
    for one in taken(see):
        if one.node.kind != "file" or one.named or one.node.size > _LARGEST:
            continue
        pattern = _pattern(one.path)
        if pattern is None or not _matches(pattern, one, see.context):
            continue
        into = f"`{see.context.ignore_file}`" if see.context.ignore_file else "a new `.dockerignore`"
        yield Diagnostic(
            primary=one.span,
            message=f"`{one.text}` takes `{one.path}` in, which holds a secret",
            cost="whoever has the image or its cache has the secret, and the step misses on every other machine",
            cure=f"list `{one.path}` in {into}, and pass it with `RUN --mount=type=secret` where it is needed",
            evidence=Evidence(one.path),
        )


def _pattern(path: str) -> str | None:
    """What a file of that name holds if it holds a secret; None for other names."""
    *folders, name = path.lower().split("/")
    if not _HARMLESS_PLACES.isdisjoint(folders):
        return None
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return (
            None if name.endswith(_HARMLESS_NAMES) or any(f"{mark}." in name for mark in _HARMLESS_NAMES) else _ASSIGNED
        )
    for names, pattern in _CONTENTS:
        if name in names:
            return pattern
    return _PRIVATE if name.endswith((".pem", ".key", ".p8")) else None


def _matches(pattern: str, one: Taken, context: BuildContext) -> bool:
    try:
        text = context.context.tree.read(one.path).decode("utf-8", "replace")
    except (OSError, ContextError):
        return False
    found = re.finditer(pattern, text)
    return any(not match.groups() or re.fullmatch(_NO_SECRET, match[1]) is None for match in found)
