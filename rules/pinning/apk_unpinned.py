"""apk adds a package by name alone.

## What it finds

`apk add NAME` without `=`, `~`, `<` or `>` and a version. The name that `--virtual` gives to a group is none.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Alpine drops old versions from a release's repositories, so an exact pin breaks the build some day: `~=MAJOR.MINOR`
lasts longer, or pin the base image by digest and let it carry the release.

## References

- hadolint DL3018
- https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper#Advanced_APK_Usage
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule("apk adds packages without a version", "warning", aliases=("DL3018",), on=(Run,), words=("apk",))

BAD = (
    Example("FROM alpine:3.20\nRUN apk add --no-cache «curl»\n"),
    Example("FROM alpine:3.20\nRUN apk add --no-cache --virtual .build «gcc» make\n"),
    Example('FROM alpine:3.20\nARG P="gcc make"\nRUN apk --no-cache add «$P»\n'),
)
GOOD = (
    Example("FROM alpine:3.20\nRUN apk add --no-cache curl=8.9.1-r1 'git~=2.45' 'zlib>1.3'\n"),
    Example("FROM alpine:3.20\nRUN apk add --no-cache -t .build gcc=13.2.1-r1\n"),
    Example("FROM alpine:3.20\nRUN apk add --no-cache --repository https://example.org/edge gcc=13\n"),
    Example("FROM alpine:3.20\nRUN apk add --allow-untrusted /tmp/glibc.apk\n"),
    Example("FROM alpine:3.20\nRUN apk del gcc && apk update\n"),
    Example('FROM alpine:3.20\nRUN deps="$(scanelf -R /usr/bin | sort -u)" && apk add --virtual .run $deps\n'),
    Example('FROM alpine:3.20\nARG P="gcc=13 make=4"\nRUN apk add $P\n'),
)

_VERBS = frozenset({"add"})
_VALUED = frozenset(
    """
    -t --virtual -X --repository -p --root --arch --keys-dir --repositories-file --cache-dir --cache-max-age --wait
    --progress-fd
    """.split()
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "apk"):
        yield from unpinned(command, packages(command, _VERBS, _VALUED), _is_pinned, instruction, see, "{}=VERSION")


def _is_pinned(name: str) -> bool:
    return any(sign in name for sign in "=~<>") or name.endswith(".apk")
