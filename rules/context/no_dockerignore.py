"""The whole build context is copied or mounted, and no ignore file keeps anything out of it.

## What it finds

`COPY . .`, `ADD . /app` or a bind mount of the whole context, where neither `.dockerignore` nor
`<Dockerfile>.dockerignore` exists. What else is found at the same source, and a `.dockerignore` mends too, is told with
it, as one finding: `.git`, what tools generate, what git ignores, and the Dockerfile. Where this rule is ignored, each
of them is told on its own.

## Why it costs

Every file of the directory is part of the step's key: editor files, logs, build results and `.git` make it miss, and
all steps behind it.

## When to allow it

Where the context is made for the build alone, and holds nothing that the image does not need.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- BuildKit v0.32, frontend/dockerui/config.go: dockerIgnorePatterns
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.graph import BuildGraph
from ..copies import whole_takers
from ..facts import Facts
from ..measured import measured_from
from ..reach import later_steps
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("the whole context is taken and there is no .dockerignore", "warning")

BAD = (
    Example("FROM alpine\nCOPY «.» /app\nRUN true\n", {"a.txt": "", "notes/b.txt": ""}),
    Example("FROM alpine\nRUN «--mount=type=bind,target=/src» ls /src\n", {"a.txt": ""}),
)
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {".dockerignore": ".git\n", "a.txt": ""}),
    Example("FROM alpine\nCOPY src /app\n", {"src/a.txt": ""}),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None or see.context.ignore_file is not None:
        return
    found = whole_takers(graph, see.context)
    if not found:
        return
    first = found[0]
    took = measured_from(first.step, see)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes the whole build context and there is no `.dockerignore`",
        cost=f"a change of any file in the directory re-runs this step{later_steps(graph, first.step)}{took}",
        cure="add a `.dockerignore` that lists what the image does not need, `.git` first",
        related=tuple(Related(one.span, "takes the whole context too") for one in found[1:]),
        confidence="high",
    )
