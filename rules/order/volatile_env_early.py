"""An ENV that changes with every build or release is set before steps that do not read it.

## What it finds

`ENV APP_VERSION=1.4.2`, `ENV GIT_COMMIT=…`, `ENV BUILD_DATE=…` with a written value, above RUN steps that do not use
it. An ENV that only takes on an ARG is reported at the ARG, by order/volatile-arg-early.

## Why it costs

An ENV is part of the environment of every RUN behind it in its stage and in those based on it, and so of their keys:
a new value makes the first RUN miss, and with it all steps behind.

## When to allow it

Where the value is really chosen seldom: what a step works with or downloads by (`ENV NODE_VERSION=22` before its
`curl`) is a pin, and left alone; so is a variable that exists to be changed (`CACHEBUST`, `REFRESHED_AT`).

## References

- https://docs.docker.com/reference/dockerfile/#env
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchEnv, dispatchRun
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Env, Instruction, Pair, Run
from ...analyzer.graph import BuildGraph, Step
from ..facts import Facts
from ..measured import measured
from ..reach import counted, following, is_run
from ..reading import behind, carried
from ..rule import Diagnostic, Example, Related, Rule
from ..volatile import changes_with, reads, shortened

RULE = Rule("a variable that changes with every build or release is set too early", "info", words=("env",))

BAD = (
    Example("FROM alpine\nENV «APP_VERSION=1.4.2»\nRUN apk add curl\nCOPY app /app\n"),
    Example("FROM alpine\nENV TZ=UTC «BUILD_DATE=2026-11-20»\nRUN apk add curl\n"),
    Example("FROM alpine AS base\nENV «GIT_COMMIT=4f2a91c»\nFROM base\nRUN apk add curl\n"),
)
GOOD = (
    Example("FROM alpine\nRUN apk add curl\nENV APP_VERSION=1.4.2\n"),
    Example("FROM alpine\nENV APP_VERSION=1.4.2\nCOPY app /app\n"),
    Example("FROM alpine\nENV VERSION=1.4.2\nRUN curl -O https://example.com/$VERSION.tgz\n"),
    Example("FROM alpine\nENV NODE_VERSION=22\nRUN apk add curl\n"),
    Example("FROM alpine\nENV VERSION=1.4.2\nRUN ./configure\n"),
    Example("FROM alpine\nENV VERSION=1.4.2\nRUN apk add curl\nADD https://example.com/$VERSION.tgz /\n"),
    Example("FROM alpine\nENV REFRESHED_AT=2026-11-20\nRUN apk add curl\n"),
    Example("FROM alpine\nARG GIT_SHA\nENV GIT_SHA=$GIT_SHA\nRUN apk add curl\n"),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    for stage in see.dockerfile.stages:
        for instruction in stage.instructions:
            if not isinstance(instruction.body, Env):
                continue
            for pair in instruction.body.pairs:
                if changes_with(pair.key) is not None and "$" not in (pair.value or "$"):
                    yield from _early(instruction, pair, graph, see)


def _early(declared: Instruction, pair: Pair, graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    scope = tuple(behind(graph, see, declared))
    known = carried(scope, pair.key, see)
    used = {stage.number for stage in graph.stages if stage.used}
    needless: list[Instruction] = []
    for one in scope:
        read = reads(one, known, see)
        if read == "yes" and one.keyword in ("RUN", "COPY", "ADD", "WORKDIR", "ONBUILD"):
            return  # what a step works with is chosen by hand
        if isinstance(one.body, Run) and one.stage in used:
            if read == "perhaps":
                break
            needless.append(one)
    first = next((one for one in map(lambda run: _step(run, graph), needless) if one is not None), None)
    if first is None:
        return
    again = (first, *following(graph, first))
    verb = "does" if len(needless) == 1 else "do"
    yield Diagnostic(
        primary=pair.span,
        message=f"`ENV {pair.key}` stands before {counted(len(needless), 'RUN step')} that {verb} not read it",
        cost=f"each new value re-runs {counted(len(again))}{measured(again, see)} for nothing,"
        f" from `{shortened(first.instruction)}` on",
        cure="set it behind the last RUN",
        related=(Related(first.span, "the first step that re-runs for nothing"),),
        confidence="medium",
    )


def _step(run: Instruction, graph: BuildGraph) -> Step | None:
    return next((step for step in graph.steps if step.used and is_run(step) and step.span == run.span), None)
