"""An ARG that nothing reads is still part of the key of every RUN behind it.

## What it finds

An ARG inside a stage whose name appears in no later instruction of the stage, nor of the stages based on it, while none
of their RUN steps runs a program that could look it up in its environment.

## Why it costs

Once the argument has a value it is in the environment of every later RUN of the stage: a new value re-runs them all.

## When to allow it

Where a program reads it from its environment: well-known names (`DEBIAN_FRONTEND`, `PIP_*`, `NODE_ENV` …) and RUN steps
that run scripts or build tools are taken for readers. Arguments before the first FROM enter no RUN and are left alone,
as are the ones that exist to be changed (`CACHEBUST`).

## References

- https://docs.docker.com/reference/dockerfile/#impact-on-build-caching
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchRun
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Run
from ...analyzer.graph import BuildGraph
from ...analyzer.shell import is_implicit
from ..facts import Facts
from ..reach import counted
from ..reading import behind, declarations, reading
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a build argument is declared and never read", "info", words=("arg",))

BAD = (
    Example("FROM alpine\nARG «FLAVOUR=plain»\nRUN apk add curl\n"),
    Example("FROM alpine AS base\nARG «FLAVOUR»\nFROM base\nRUN apk add curl\n"),
)
GOOD = (
    Example("FROM alpine\nARG FLAVOUR=plain\nRUN echo $FLAVOUR\n"),
    Example("FROM alpine\nARG FLAVOUR=plain\nCOPY x /x\nRUN make\n"),
)

_PREDEFINED = r"(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)|TARGETSTAGE"
_TO_BUST = r"(?i)\w*(?:CACHE|BUST|INVALIDATE|REBUILD|REFRESH|FORCE)\w*"


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    for declared, body in declarations(see):
        scope = tuple(behind(graph, see, declared))
        used = {stage.number for stage in graph.stages if stage.used}
        runs = [one for one in scope if isinstance(one.body, Run) and one.stage in used]
        if not runs:
            continue
        for at, pair in enumerate(body.pairs):
            name = pair.key
            if is_implicit(name) or re.fullmatch(_PREDEFINED, name) or re.fullmatch(_TO_BUST, name):
                continue
            if any(
                f"${name}" in (other.value or "") or f"${{{name}" in (other.value or "") for other in body.pairs[at:]
            ):
                continue
            readings = {reading(one, name, see) for one in scope}
            if "yes" in readings:
                continue
            value = "" if pair.value is not None else " once it has a value"
            yield Diagnostic(
                primary=pair.span,
                message=f"`ARG {name}` is read by nothing",
                cost=f"a change of its value re-runs {counted(len(runs), 'RUN step')}{value}",
                cure="remove it",
                confidence="low" if "perhaps" in readings else "high",
            )
