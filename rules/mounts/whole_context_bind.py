"""A RUN mounts the whole build context.

## What it finds

`RUN --mount=type=bind` without a source, or with the root of the context as its source.

## Why it costs

The content of what is mounted is part of the step's key: a change of any file in the context re-runs the step and all
that stand on it, as after `COPY . .`.

## When to allow it

Where the command does read nearly everything, as a compiler does, and an ignore file keeps the rest away: without a
dependency install in the command, it is reported only where there is no ignore file.

## References

- https://docs.docker.com/reference/dockerfile/#run---mounttypebind
- BuildKit v0.32, solver/llbsolver/ops/exec.go: getMountDeps; moby/buildkit#1903
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Mount, Run
from ...analyzer.graph import Step
from ..facts import Facts
from ..reach import later_steps
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the whole build context is mounted into a RUN", "info", on=(Run,), words=("--mount",))

BAD = (
    Example("FROM node:22\nWORKDIR /app\nRUN «--mount=type=bind,target=.» npm ci\n"),
    Example(
        "FROM golang:1.25\nRUN «--mount=type=bind,source=.,target=/src» cd /src && go build ./...\n", {"main.go": ""}
    ),
    Example(
        "FROM golang:1.25\nWORKDIR /src\nRUN «--mount=type=bind,target=.» go mod download\n",
        {"go.mod": "module m\n", "main.go": ""},
    ),
)
GOOD = (
    Example("FROM node:22\nRUN --mount=type=bind,source=package.json,target=package.json npm ci\n"),
    Example("FROM node:22\nRUN --mount=type=bind,from=deps,target=/x npm ci\nFROM node AS deps\n"),
    Example(
        "FROM golang:1.25\nRUN --mount=type=bind,target=. go build\n", {".dockerignore": "*\n!*.go\n", "main.go": ""}
    ),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    assert isinstance(instruction.body, Run)
    for mount in instruction.body.mounts:
        if not _is_whole(mount) or _is_narrow(see):
            continue
        step = _step(instruction, see)
        if step is not None and not step.used:
            continue
        installs = [one for one in see.installs(instruction) if one.reads and not one.local and one.sure != "low"]
        after = later_steps(see.graph, step) if see.graph is not None and step is not None else ""
        if installs:
            files = " and ".join(installs[0].reads)
            cure = f"bind only what `{installs[0].name}` reads: {files}"
        else:
            cure = "bind only what the command reads, or keep the rest out with .dockerignore"
        unguarded = see.context is not None and see.context.ignore_file is None
        yield Diagnostic(
            primary=mount.span,
            message=f"`{see.source[mount.span.start : mount.span.end]}` mounts the whole build context",
            cost=f"a change of any file in it re-runs this step{after}",
            cure=cure,
            severity="warning" if installs else None,
            confidence="high" if installs else "medium" if unguarded else "low",
        )


def _is_whole(mount: Mount) -> bool:
    kind, source = mount.kind or "bind", (mount.source or "").strip("\"'")
    return kind == "bind" and not mount.from_ and re.fullmatch(r"[./]*", source) is not None and ".." not in source


def _is_narrow(see: Facts) -> bool:
    """Whether the ignore file lets through only what it names."""
    return see.context is not None and any(one in ("*", "**", "**/*") for one in see.context.context.ignore.patterns)


def _step(instruction: Instruction, see: Facts) -> Step | None:
    if see.graph is None:
        return None
    return next((step for step in see.graph.steps if step.span == instruction.span), None)
