"""A stage that the default build does not need.

## What it finds

A stage that neither the last stage nor any stage that it needs is based on, copies from or mounts.

## Why it costs

BuildKit skips such a stage, so it costs nothing there and is kept out of the cache; the classic builder and kaniko
build it each time. It is dead text, or a copy from it has been lost.

## When to allow it

Where it is built on its own with `--target`: a named stage that nothing needs is reported only at low confidence.

## References

- https://docs.docker.com/build/building/multi-stage/#differences-between-legacy-builder-and-buildkit
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, From, Run
from ...analyzer.graph import BuildGraph
from ..facts import Facts
from ..reach import counted
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("a stage is not needed by the default target", "info", stages=2)

BAD = (Example("«FROM alpine»\nRUN apk add curl\nFROM debian\nCOPY . .\n"),)
GOOD = (
    Example("FROM alpine AS tools\nRUN apk add curl\nFROM debian\nCOPY --from=tools /usr/bin/curl /usr/bin/\n"),
    Example("FROM alpine AS test\nRUN apk add curl\nFROM alpine\n"),
)

_TARGET = (
    r".*(?:test|lint|dev|debug|ci|check|doc|bench|e2e|local|coverage|format|fmt|vet|prod|release|audit|scan|export|artifact"
    r"|binar|tool|shell|watch|storybook|migrat|slim|full|alpine|debian|ubuntu|cpu|gpu|cuda|runtime|final|vendor|update|gen).*"
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if _names_are_open(see):
        return
    steps = Counter(step.stage for step in graph.steps)
    needed = {index for info in graph.stages for index in info.needs}
    for info in graph.stages:
        if info.used or info.context is not None:
            continue
        stage = see.dockerfile.stages[info.number]
        if stage.name is not None and (re.fullmatch(_TARGET, stage.name) or info.number in needed):
            continue
        sure: Confidence = "high" if stage.name is None else "low"
        begin = " ".join(stage.instructions[0].text.split())
        name = f"stage `{stage.name}`" if stage.name else f"the unnamed stage `{begin}`"
        if stage.name is None and info.number in needed:
            continue
        yield Diagnostic(
            primary=stage.instructions[0].span,
            message=f"{name} is not needed by the default target",
            cost=f"BuildKit skips its {counted(steps[info.number], 'step')}, other builders run them each time",
            cure="remove it, or name it and build it with `--target`",
            confidence=sure,
        )


def _names_are_open(see: Facts) -> bool:
    """Whether a stage may be chosen by a variable."""
    for stage in see.dockerfile.stages:
        for instruction in stage.instructions:
            match instruction.body:
                case From(image):
                    name = image.text.replace(":-", "")
                    chosen = "$" in name and "/" not in name and ":" not in name
                case Copy():
                    chosen = "$" in (instruction.body.from_ or "")
                case Run():
                    chosen = any("$" in (mount.from_ or "") for mount in instruction.body.mounts)
                case _:
                    chosen = False
            if chosen:
                return True
    return False
