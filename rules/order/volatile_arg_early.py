"""An ARG that changes with every build is declared before steps that do not read it.

## What it finds

`ARG GIT_SHA`, `ARG BUILD_DATE` and the like, above RUN steps that do not use the value.

## Why it costs

From its declaration on, an ARG is part of the environment of every RUN of its stage, and so of their keys. A new value
makes the first RUN miss, and with it all steps behind.

## When to allow it

Where the value changes seldom: a version that is set by hand. COPY, ADD and WORKDIR do not see the value.

## References

- https://docs.docker.com/reference/dockerfile/#impact-on-build-caching
- moby/moby#20136, OpenHands/software-agent-sdk#2522 (433 images, 141 s each)
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchRun
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Instruction, Pair
from ...analyzer.graph import BuildGraph, Step
from ..facts import Facts
from ..measured import measured
from ..reach import counted, following, is_run
from ..reading import behind, carried, declarations
from ..rule import Confidence, Diagnostic, Example, Related, Rule
from ..volatile import changes_with, fetches_with_variable, reads, shortened

RULE = Rule("a build argument that changes with every build is declared too early", "warning", words=("arg",))

BAD = (
    Example('FROM alpine\nARG «GIT_SHA»\nRUN apk add curl\nLABEL revision="$GIT_SHA"\n'),
    Example("FROM alpine\nARG «BUILD_DATE=unknown»\nRUN apk add curl\nRUN echo $BUILD_DATE > /built\n"),
    Example("FROM alpine AS base\nARG «VCS_REF»\nENV REF=$VCS_REF\nFROM base\nRUN apk add curl\n"),
)
GOOD = (
    Example('FROM alpine\nRUN apk add curl\nARG GIT_SHA\nLABEL revision="$GIT_SHA"\n'),
    Example("FROM alpine\nARG GIT_SHA\nCOPY . .\nLABEL revision=$GIT_SHA\n"),
)

_PINNED = r"v?\d+(?:[._-]\w+)*|[0-9a-f]{7,64}|master|main|HEAD|develop|stable|latest|\d{4}-\d\d-\d\d"
_NO_PIN = r"0+|0\.0\.0\S*|1970\S*"
_STEPS = frozenset({"RUN", "COPY", "ADD", "WORKDIR", "ONBUILD"})


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    for declared, body in declarations(see):
        for pair in body.pairs:
            sure = _volatile(pair)
            if sure is not None:
                yield from _early(declared, pair, sure, graph, see)


def _volatile(pair: Pair) -> Confidence | None:
    """How surely the value changes with every build; None where it does not."""
    value = (pair.value or "").strip("\"'")
    pinned = re.fullmatch(_PINNED, value, re.IGNORECASE) is not None and re.fullmatch(_NO_PIN, value) is None
    return None if "$" in value or pinned else changes_with(pair.key)


def _early(declared: Instruction, pair: Pair, sure: Confidence, graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    own = [
        step
        for step in graph.steps
        if step.used and step.stage == declared.stage and step.instruction.index > declared.index
    ]
    scope = tuple(behind(graph, see, declared))
    known = carried(scope, pair.key, see)
    readers = [one for one in scope if reads(one, known, see) == "yes"]
    if not readers or any(fetches_with_variable(one, see) for one in readers):
        return
    if sure != "high" and (_is_global(pair.key, see) or any(one.keyword in _STEPS for one in readers)):
        return  # a version that a step works with is chosen by hand
    needless: list[Step] = []
    chain = own or []
    end: Instruction | None = None
    stages = {declared.stage, *(one.stage for one in scope)}
    if not any(reads(step.instruction, known, see) != "no" for step in chain):
        chain = [step for step in graph.steps if step.used and step.stage in stages and step.instruction in (*scope,)]
    for step in chain:
        if reads(step.instruction, known, see) != "no":
            end = step.instruction
            break
        if needless or is_run(step):
            needless.append(step)
    runs = [step for step in needless if is_run(step)]
    if not runs:
        return
    first = runs[0]
    again = needless if end is not None else [first, *following(graph, first)]
    reader = end if end is not None else next((one for one in readers if one.keyword not in ("ENV", "ARG")), readers[0])
    target = f"`{shortened(reader)}`"
    uses = "the first that uses it" if reads(reader, known, see) == "yes" else "the first that may use it"
    related = [Related(first.span, "the first step that re-runs for nothing"), Related(reader.span, uses)]
    envs = [one for one in readers if one.keyword == "ENV" and one.span.start < first.span.start]
    with_env = ", with the ENV that takes it on," if envs else ""
    behind_all = "behind the last RUN" if end is None else f"right before {target}"
    verb = "does" if len(runs) == 1 else "do"
    yield Diagnostic(
        primary=pair.span,
        message=f"`ARG {pair.key}` stands before {counted(len(runs), 'RUN step')} that {verb} not read it",
        cost=f"each new value re-runs {counted(len(again))}{measured(again, see)} for nothing,"
        f" from `{shortened(first.instruction)}` on",
        cure=f"move it{with_env} down, {behind_all}",
        related=tuple(related),
        confidence=sure,
    )


def _is_global(name: str, see: Facts) -> bool:
    return any(
        isinstance(one.body, Arg) and any(p.key == name for p in one.body.pairs) for one in see.dockerfile.preamble
    )
