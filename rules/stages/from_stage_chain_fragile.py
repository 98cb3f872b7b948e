"""A stage is based on one that copies source code, and works on with a part of what is there.

## What it finds

`FROM build` of a stage that source code was copied into, where the RUN steps behind it clean up what the build needed
(`rm -rf src`, `npm prune`, `apt-get purge`), or only prepare the image (`useradd`, `mkdir`) and read nothing of it.

## Why it costs

A stage that is based on another is looked up by its steps, not by the files they made: any change of the source re-runs
all that follows, even where the build makes the same files again. `COPY --from=build` compares the files. And what is
removed in a later layer is still in the image.

## When to allow it

Where nearly all that the build stage holds is needed. Tests and other stages that run the project are not reported;
installs behind a copy are `order/expensive-after-volatile`.

## References

- https://docs.docker.com/build/building/multi-stage/
- BuildKit v0.32, solver/llbsolver/ops/exec.go: getMountDeps; corpus cases s06, s01 and l06
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From
from ...analyzer.graph import BuildGraph, CopyOp, Step
from ...analyzer.shell import Command, Opaque, package_install
from ..copies import Broad, broad_sources
from ..facts import Facts
from ..reach import ancestors, counted, is_copy, is_run
from ..rule import Confidence, Diagnostic, Example, Related, Rule

RULE = Rule("a stage is based on the one that builds, and needs a part of it", "info", stages=2)

BAD = (
    Example("FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM «build»\nRUN rm -rf /app/src\n"),
    Example("FROM golang:1.25 AS build\nCOPY . /src\nRUN make\nFROM «build» AS final\nRUN useradd -m app\nUSER app\n"),
)
GOOD = (
    Example("FROM golang:1.25 AS build\nCOPY . /src\nRUN make\nFROM build AS test\nRUN make test\n"),
    Example("FROM node:22 AS base\nRUN apt-get update\nFROM base\nRUN useradd app\nCOPY . /app\n"),
    Example(
        "FROM node:22 AS build\nCOPY . /app\nRUN npm run b\nFROM node:22\nRUN useradd a\nCOPY --from=build /app /a\n"
    ),
    Example("FROM golang:1.25 AS build\nCOPY . /src\nFROM build\nRUN chown -R app /src\n"),
    Example(
        "FROM golang:1.25 AS build\nCOPY . /src\nFROM build\nRUN rm -rf /var/lib/apt/lists/* /tmp/*\nRUN make -C /src\n"
    ),
)

_IDLE = frozenset("useradd adduser groupadd addgroup usermod mkdir passwd chpasswd ln setcap true echo".split())
_CLEANERS = {
    "npm": frozenset({"prune"}),
    "pnpm": frozenset({"prune"}),
    "apt-get": frozenset({"purge", "remove"}),
    "apt": frozenset({"purge", "remove"}),
    "apk": frozenset({"del"}),
}


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    for stage in graph.stages:
        base = stage.base
        if not stage.used or not isinstance(base, int):
            continue
        runs = [step for step in graph.steps if step.stage == stage.number and step.used and is_run(step)]
        copies = [] if not runs else _copies(runs[0], stage.number, graph, see)
        if not copies:
            continue
        found = _needless(runs, [copy for copy, _ in copies], see)
        first = see.dockerfile.stages[stage.number].instructions[0].body
        if found is None or not isinstance(first, From):
            continue
        step, command, why, sure = found
        copy = copies[0][0]
        line = see.source.count("\n", 0, copy.span.start) + 1
        text = " ".join(word.text for word in command.words[:3])
        yield Diagnostic(
            primary=first.image.span,
            message=f"the stage stands on all of `{first.image.text}`, and `{text}` {why}",
            cost=f"any change of what line {line} copies re-runs {counted(len(runs), 'RUN step')} of it, even where "
            "the build makes the same files",
            cure=f"base it on the image that it runs on, and take what it needs with `COPY --from={first.image.text}`",
            related=(
                Related(step.span, "does not need what the source changes"),
                Related(copy.span, "brings the source"),
            ),
            confidence=sure,
        )


def _copies(run: Step, stage: int, graph: BuildGraph, see: Facts) -> list[tuple[Step, Broad]]:
    before = [step for step in ancestors(graph, run) if is_copy(step) and step.stage != stage]
    return [(step, one) for step in before for one in broad_sources(step, see.context)]


def _needless(runs: list[Step], copies: list[Step], see: Facts) -> tuple[Step, Command, str, Confidence] | None:
    dests = [posixpath.normpath(copy.op.dest) for copy in copies if isinstance(copy.op, CopyOp)]
    idle: tuple[Step, Command] | None = None
    every_idle = True
    for step in runs:
        read = see.commands(step.instruction)
        if isinstance(read, Opaque):
            return None
        installs = any(package_install(command) is not None for command in read)
        for command in read:
            if _cleans(command, dests, step, installs):
                return step, command, "takes away what it does not need", "medium"
            if command.program in _IDLE and not _names(command, dests, step):
                idle = idle or (step, command)
            else:
                every_idle = False
    return (*idle, "reads nothing of it", "medium") if idle is not None and every_idle else None


def _cleans(command: Command, dests: list[str], step: Step, installs: bool) -> bool:
    """Whether a command takes away what the stage below has brought or installed."""
    words = [word.text for word in command.words[1:]]
    plain = [word for word in words if not word.startswith("-")]
    if command.program == "rm":
        return any(word.startswith("-") and "r" in word.lower() for word in words) and _names(command, dests, step)
    return bool(plain) and not installs and plain[0] in _CLEANERS.get(command.program, frozenset())


def _names(command: Command, dests: list[str], step: Step) -> bool:
    """Whether a command names a path below a place that source was copied to."""
    words = [word.text for word in command.words[1:] if not word.text.startswith("-")]
    if command.program != "rm":
        words = [word for word in words if "/" in word]  # the others are names of users and the like
    paths = [posixpath.normpath(posixpath.join(step.scope.workdir, word)) for word in words]
    return any(
        path == dest or path.startswith(dest.rstrip("/") + "/") for path in paths for dest in dests if dest != "/"
    )
