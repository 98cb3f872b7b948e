"""A build that is given SOURCE_DATE_EPOCH makes each WORKDIR anew, and runs again all that stands behind it.

## What it finds

A file that declares `ARG SOURCE_DATE_EPOCH` without a value, so that the build is to be given one, and has a WORKDIR
with RUN steps behind it. The first one of each stage is reported.

## Why it costs

BuildKit takes the epoch into the key of a WORKDIR, as the time of the folder that it makes. The usual epoch is the
time of the commit: each commit makes the first WORKDIR of each stage miss, with every step behind it. RUN, COPY and
ADD do not look at it, unless the ARG stands in their stage.

## When to allow it

Where the epoch is fixed (`SOURCE_DATE_EPOCH=0`), or only builds for a release are given one. A WORKDIR `/` makes no
folder, and costs nothing.

## References

- docker/buildx#3166, moby/buildkit#5960
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchWorkdir (measured: conformance case r10)
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Pair
from ...analyzer.graph import BuildGraph, MkdirOp
from ..facts import Facts
from ..measured import measured
from ..reach import counted, following, is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("an epoch makes each WORKDIR miss, and what stands behind it", "warning", words=("source_date_epoch",))

BAD = (
    Example("ARG SOURCE_DATE_EPOCH\nFROM alpine\n«WORKDIR /app»\nRUN apk add gcc\nCOPY . .\n"),
    Example(
        "FROM alpine\n«WORKDIR /app»\nRUN apk add gcc\nARG SOURCE_DATE_EPOCH\nRUN touch -d @$SOURCE_DATE_EPOCH x\n"
    ),
)
GOOD = (
    Example("ARG SOURCE_DATE_EPOCH\nFROM alpine\nRUN apk add gcc\nWORKDIR /app\nCOPY . .\n"),
    Example("FROM alpine\nWORKDIR /app\nRUN apk add gcc\n"),
    Example("ARG SOURCE_DATE_EPOCH=0\nFROM alpine\nWORKDIR /app\nRUN apk add gcc\n"),
    Example("FROM alpine\nENV SOURCE_DATE_EPOCH=0\nWORKDIR /app\nRUN apk add gcc\n"),
    Example("ARG SOURCE_DATE_EPOCH\nFROM alpine\nWORKDIR /\nRUN apk add gcc\n"),
    Example("ARG SOURCE_DATE_EPOCH\nFROM alpine AS old\nWORKDIR /app\nRUN apk add gcc\nFROM alpine\n"),
)

_NAME = "SOURCE_DATE_EPOCH"


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if _NAME not in see.source:
        return
    declared = next(iter(_declarations(see)), None)
    if declared is None:
        return
    reported: set[int] = set()
    for step in graph.steps:
        if not step.used or not isinstance(step.op, MkdirOp) or step.id in reported:
            continue
        behind = following(graph, step)
        reported.update(one.id for one in behind)
        runs = [one for one in behind if is_run(one)]
        if runs:
            yield Diagnostic(
                primary=step.span,
                message=f"`{step.instruction.text}` takes the epoch of the build into its key",
                cost=f"each new `{_NAME}` re-runs it and {counted(len(behind), 'later step')}{measured(behind, see)},"
                f" {len(runs)} of them RUN",
                cure="put the long steps above the first WORKDIR, or give builds between releases a fixed epoch",
                related=(Related(declared.span, "the file asks for an epoch here"),),
                confidence="medium",
            )


def _declarations(see: Facts) -> Iterator[Pair]:
    """Where the file asks for the epoch without a value of its own."""
    for instruction in (*see.dockerfile.preamble, *see.instructions((Arg,))):
        if isinstance(instruction.body, Arg):
            yield from (pair for pair in instruction.body.pairs if pair.key == _NAME and pair.value is None)
