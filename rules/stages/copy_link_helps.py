"""A copy from another stage runs again with every change before it, which `--link` would spare.

## What it finds

`COPY --from` without `--link` that stands behind a copy from the build context in the same stage, where no RUN follows.

## Why it costs

An ordinary copy stands on what is before it, though it reads nothing of that. Each change there re-runs it; and where
the cache was exported with `mode=min`, the stage that it copies from is built again, since the copy needs its files.

## When to allow it

Off by default: it is advice. `--link` needs the syntax 1.4, and replaces a directory on the way that is a symbolic link
in the base image (`/bin`, `/lib`, `/var/run` …), so destinations there are left alone, and copies with `--chmod`, which
cannot be linked, or with `--chown` by name.

## References

- https://docs.docker.com/reference/dockerfile/#copy---link
- BuildKit v0.32, dockerfile2llb/convert_copy.go: dispatchCopy; corpus cases c22b, x08 and x23
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.graph import BuildGraph, ContextOrigin, CopyOp, Step, StepOrigin
from ..facts import Facts
from ..reach import ancestors, following, is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("a copy between stages could be independent of what is before it", "info", default=False, words=("--from",))

BAD = (
    Example("FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY . /app\n«COPY --from=web /dist /app/static»\n"),
    Example("FROM a AS b\nRUN make\nFROM c\nCOPY x /x\nCOPY y /y\n«COPY --from=b --chown=1:1 /z /opt/z»\n"),
)
GOOD = (
    Example(
        "FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY . /app\nCOPY --link --from=web /dist /app/static\n"
    ),
    Example("FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY --from=web /dist /app/static\nCOPY . /app\n"),
    Example("FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY . /app\nCOPY --from=web /dist /bin/\n"),
    Example("FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY . /app\nCOPY --from=web /d /app/d\nRUN ls /app\n"),
    Example("FROM node:22 AS web\nRUN npm ci\nFROM python:3.13\nCOPY . /app\nCOPY --from=web --chmod=755 /d /app/d\n"),
)

_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/var/run", "/var/lock", "/var/mail", "/etc/mtab")


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    for stage in graph.stages:
        if not stage.used:
            continue
        own = [step for step in graph.steps if step.stage == stage.number and step.used]
        found = [step for step in own if _may_be_linked(step)]
        for step in found:
            before = [one for one in ancestors(graph, step) if one.stage == step.stage and _brings_context(one)]
            if not before or any(is_run(one) for one in following(graph, step)):
                continue
            yield Diagnostic(
                primary=step.span,
                message=f"`{' '.join(step.instruction.text.split())}` runs again with whatever stands before it",
                cost="each change of the copies from the context re-runs it, and from a `mode=min` cache its stage too",
                cure="add `--link`, which makes a layer of its own",
                related=(Related(before[0].span, "it runs again with this"),),
            )


def _may_be_linked(step: Step) -> bool:
    op = step.op
    if not isinstance(op, CopyOp) or op.link or op.chmod or "$" in op.dest:
        return False
    dest = posixpath.normpath(op.dest)
    by_number = all(part.isdecimal() for part in op.chown.split(":")) if op.chown else True
    return (
        by_number
        and all(isinstance(source.origin, StepOrigin) for source in op.sources)
        and dest.startswith("/")
        and not any(dest == link or dest.startswith(link + "/") for link in _LINKS)
    )


def _brings_context(step: Step) -> bool:
    return isinstance(step.op, CopyOp) and any(isinstance(one.origin, ContextOrigin) for one in step.op.sources)
