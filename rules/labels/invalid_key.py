"""The key of a label is against Docker's rules.

## What it finds

Keys with other characters than lower-case letters, digits, `.`, `-`, `_` and `/`; that do not begin with a letter or
end in a letter or digit; with `..` or `--`; and those under `com.docker.`, `io.docker.` and `org.dockerproject.`.

## Why it costs

Keys are compared letter by letter: tools do not find `MAINTAINER` where they look for `maintainer`.

## When to allow it

Where a tool demands the key as it is.

## References

- https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations
- https://github.com/hadolint/hadolint/wiki/DL3048
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the key of a label is against Docker's rules", "info", ("DL3048",), (Other,), words=("label",))

BAD = (
    Example("FROM alpine\nLABEL «MAINTAINER=me»\n"),
    Example('FROM alpine\nLABEL a=1 «"com.docker.app"=2»\n'),
    Example("FROM alpine\nLABEL «a..b=1»\n"),
)
GOOD = (
    Example("FROM alpine\nLABEL org.opencontainers.image.title=a com.example/my-app_2=b\n"),
    Example('FROM alpine\nLABEL "maintainer"="me"\n'),
    Example("FROM alpine\nONBUILD LABEL A=1\n"),
)

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_ENDS = _LETTERS | frozenset("0123456789")
_VALID = _ENDS | frozenset(".-_/")
_RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if instruction.keyword != "LABEL" or not isinstance(instruction.body, Other) or see.is_trigger(instruction):
        return
    for pair in instruction.body.pairs:
        why = fault(pair.key.strip("\"'"))
        if why:
            yield Diagnostic(pair.span, f"`{pair.key}` {why}", "tools may not find it", "choose another key")


def fault(key: str) -> str:
    """What is wrong with the key of a label, "" where nothing is."""
    if key.startswith(_RESERVED):
        return "is reserved for Docker"
    if not _VALID.issuperset(key):
        return "has other characters than lower-case letters, digits and .-_/"
    if ".." in key or "--" in key:
        return "has two separators in a row"
    return "" if key[:1] in _LETTERS and key[-1:] in _ENDS else "does not begin with a letter and end in one or a digit"
