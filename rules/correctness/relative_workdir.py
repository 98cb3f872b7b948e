"""WORKDIR is relative to a directory that is not set in the file.

## What it finds

The first WORKDIR of a stage, and of the stages it is based on, where the path is not absolute. A relative WORKDIR
behind an absolute one is told as mere information. Paths that begin with a variable of the base image are not known.

## Why it costs

The directory depends on the base image: when that moves its own WORKDIR, all that is copied lands elsewhere.

## When to allow it

Behind an absolute WORKDIR, a relative one is as sure as the absolute one is.

## References

- https://docs.docker.com/reference/build-checks/workdir-relative-path/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchWorkdir
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage, Workdir
from ..environments import value_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "WORKDIR is not absolute",
    "warning",
    ("WorkdirRelativePath", "DL3000", "CKV_DOCKER_10", "DS-0009"),
    words=("workdir",),
)

BAD = (
    Example("FROM alpine\nWORKDIR «app»\n"),
    Example("FROM alpine\nENV HOME=app\nWORKDIR «$HOME»\n"),
    Example("FROM alpine\nWORKDIR /a\nWORKDIR «b»\n"),
)
GOOD = (
    Example("FROM alpine\nWORKDIR /app\n"),
    Example("FROM alpine\nWORKDIR $HOME\n"),
    Example("FROM alpine\nENV A=/a\nWORKDIR ${A}/b\n"),
    Example('FROM alpine\nWORKDIR "/my app"\n'),
    Example("FROM windows\nWORKDIR C:\\\\app\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    known = False
    for instruction in stage.instructions:
        body = instruction.body
        if not isinstance(body, Workdir):
            continue
        if not body.path.text.startswith("/"):
            path = value_of(body.path.text, body.path.span, instruction, see)
            if path is not None and not is_absolute(path):
                yield _found(body, known or _is_set_before(stage, see), path)
        known = True


def is_absolute(path: str) -> bool:
    """Whether a path begins at a root, that of a drive of Windows too."""
    return path.startswith("/") or (len(path) > 1 and path[1] == ":" and path[0].isalpha())


def _is_set_before(stage: Stage, see: Facts) -> bool:
    return any(
        isinstance(one.body, Workdir)
        for index in see.bases.lineage(stage.index)[:-1]
        for one in see.dockerfile.stages[index].instructions
    )


def _found(body: Workdir, known: bool, path: str) -> Diagnostic:
    written = body.path.text.strip("\"'")
    found = Diagnostic(
        body.path.span,
        f"`{body.path.text}` is relative",
        "the directory depends on the WORKDIR before it"
        if known
        else "the directory depends on that of the base image",
        "write the whole path",
    )
    if known:
        return found._replace(severity="info", aliases=() if written.startswith("$") else ("DL3000",))
    return found._replace(aliases=("WorkdirRelativePath",)) if written.startswith("$") else found
