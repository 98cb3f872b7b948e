"""A whole file system is copied from a stage or an image.

## What it finds

`COPY --from=… / /`.

## Why it costs

Any change of any file there, a log or a cache too, makes one new layer of everything, and all later steps run again.

## When to allow it

On `scratch`, to make one layer of all, and from images that are made to be laid over others; hadolint reports these,
too.

## References

- https://github.com/hadolint/hadolint/wiki/DL3067
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a whole file system is copied", "warning", ("DL3067",), (Copy,))

BAD = (Example("FROM alpine AS a\nFROM debian\nCOPY --from=a «/» /\n"),)
GOOD = (
    Example("FROM alpine AS a\nFROM debian\nCOPY --from=a /usr/local/ /usr/local/\n"),
    Example("FROM alpine AS a\nFROM debian\nCOPY --from=a / /rootfs/\n"),
    Example("FROM debian\nCOPY / /\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Copy) or not body.from_ or body.dest.text.strip("\"'") != "/":
        return
    for word in body.sources:
        if word.text.strip("\"'") == "/" and not see.is_trigger(instruction):
            yield Diagnostic(
                word.span,
                f"everything in `{body.from_}` is copied",
                "any change of any file there makes the whole layer anew",
                "copy the directories that are needed",
            )
