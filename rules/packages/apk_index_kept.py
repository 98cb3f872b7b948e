"""apk adds packages without `--no-cache`.

## What it finds

`apk add` without `--no-cache`, with or without the `rm -rf /var/cache/apk/*` that it spares.

## Why it costs

The index is pushed and pulled with the layer and grows old there: an `apk add` in an image that is based on this one
works with it, and fails once a package is gone.

## When to allow it

With a cache mount on `/var/cache/apk`, where the index is kept on purpose: not reported.

## References

- hadolint DL3019
- https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper#Add_a_Package
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..download_caches import throws_away
from ..facts import Facts
from ..kept import mounted
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "apk leaves its package index in the layer", "info", aliases=("DL3019", "DS-0025"), on=(Run,), words=("apk",)
)

BAD = (
    Example("FROM alpine:3.20\nRUN «apk add curl»\n"),
    Example("FROM alpine:3.20\nRUN apk update && «apk add --update curl» && rm -rf /var/cache/apk/*\n"),
)
GOOD = (
    Example("FROM alpine:3.20\nRUN apk add --no-cache curl\n"),
    Example("FROM alpine:3.20\nRUN apk --no-cache add curl\n"),
    Example("FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n"),
    Example("FROM alpine:3.20\nRUN --mount=type=cache,target=/etc/apk/cache apk add curl\n"),
    Example("FROM alpine:3.20\nRUN apk del curl\n"),
    Example("FROM alpine:3.20\nRUN apk update\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    assert isinstance(instruction.body, Run)
    for command in see.calls(instruction, "apk"):
        words = [word.text for word in command.words]
        if "add" not in words or "--no-cache" in words or mounted(instruction.body, "/var/cache/apk", "/etc/apk/cache"):
            continue
        swept = any(throws_away(one, "apk") for one in see.calls(instruction, "rm", "apk"))
        yield Diagnostic(
            primary=command.span,
            message="`apk add` keeps the package index" + (", and it is removed by hand" if swept else " in the layer"),
            cost="one more command to keep right" if swept else "it grows old in the image and is pushed with it",
            cure="write `apk add --no-cache`, without `apk update` before it",
            aliases=None if command.direct else (),
        )
