"""A whole file system is copied from a stage or an image.

## What it finds

`COPY --from=… / /`.

## Why it costs

Any change of any file there, a log or a cache too, makes one new layer of everything, and all later steps run again.

## When to allow it

On `scratch`, to make one layer of all, and from images that are made to be laid over others, such as `tonistiigi/xx`:
nobody copies all of an image that is not. These are reported with low confidence only; hadolint reports them all.

## References

- https://github.com/hadolint/hadolint/wiki/DL3067
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a whole file system is copied", "warning", ("DL3067",), (Copy,), words=("--from",))

BAD = (Example("FROM alpine AS a\nRUN apk add --no-cache git\nFROM debian\nCOPY --from=a «/» /\n"),)
GOOD = (
    Example("FROM alpine AS a\nFROM debian\nCOPY --from=a /usr/local/ /usr/local/\n"),
    Example("FROM alpine AS a\nFROM debian\nCOPY --from=a / /rootfs/\n"),
    Example("FROM debian\nCOPY / /\n"),
    Example("FROM alpine AS a\nRUN apk add --no-cache git\nFROM scratch\nCOPY --from=a / /\n"),
    Example("FROM golang:1.24\nCOPY --from=tonistiigi/xx / /\n"),
    Example("FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.6 AS xx\nFROM golang:1.24\nCOPY --from=xx / /\n"),
    Example("FROM scratch AS tools\nCOPY bin/ /usr/bin/\nFROM debian\nCOPY --from=tools / /\n"),
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
                confidence="high" if _brings_a_system(body.from_, instruction.stage, see) else "low",
            )


def _brings_a_system(source: str, target: int, see: Facts) -> bool:
    """Whether a source is a stage that adds to an image, and what it is laid over is one, too."""
    stages = see.dockerfile.stages
    named = next((one for one in stages[:target] if source.lower() in (one.name, str(one.index))), None)
    if named is None or see.bases.from_scratch(target):
        return False
    lineage = [stages[index] for index in see.bases.lineage(named.index)]
    works = any(isinstance(one.body, Run) for stage in lineage for one in stage.instructions)
    return works and not see.bases.from_scratch(named.index)
