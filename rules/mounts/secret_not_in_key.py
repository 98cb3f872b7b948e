"""A RUN reads a secret, and a new value of it does not run the step again.

## What it finds

`RUN --mount=type=secret`. Whether the value ends up in the image is not asked: where that can be seen,
stale/secret-changes-unseen says so by default.

## Why it costs

Of a secret only its name and its place are part of the key, by design. With another token, or another file, the step
is a hit: it keeps what it made with the old one, until something before it changes.

## When to allow it

Where the secret only opens a door, as a token for a package registry does, and what lies behind is pinned: that is
what secrets are for. The rule is off by default; it lists the places to think of when a secret is rotated.

## References

- https://docs.docker.com/build/building/secrets/
- docker/buildx#551, moby/buildkit#2547
- BuildKit v0.32, solver/llbsolver/ops/exec.go: CacheMap
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..reach import later_steps, step_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a secret is read that is no part of the key", "info", on=(Run,), default=False, words=("--mount",))

BAD = (
    Example("FROM node:22\nRUN «--mount=type=secret,id=npmrc,target=/root/.npmrc» npm ci\n"),
    Example("FROM alpine\nRUN «--mount=type=secret,id=token,env=TOKEN» ./fetch\n"),
)
GOOD = (
    Example("FROM node:22\nRUN --mount=type=ssh npm ci\n"),
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    Example("FROM node:22\nARG TOKEN_VERSION\nRUN --mount=type=secret,id=token ./fetch --for $TOKEN_VERSION\n"),
    Example("FROM alpine AS old\nRUN --mount=type=secret,id=token ./fetch\nFROM alpine\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if not isinstance(instruction.body, Run) or not instruction.body.mounts:
        return
    secrets = [mount for mount in instruction.body.mounts if mount.kind == "secret"]
    step = step_of(instruction, see) if secrets else None
    if step is None or not step.used or see.graph is None:
        return
    given = {one.name for one in step.scope.env if one.origin in ("arg", "build-arg")}
    if any(f"${name}" in instruction.text or f"${{{name}}}" in instruction.text for name in given):
        return  # a build argument stands beside it: it can be changed with the secret
    for mount in secrets:
        name = mount.id or (mount.target or "").rpartition("/")[2] or "default"
        yield Diagnostic(
            primary=mount.span,
            message=f"the value of the secret `{name}` is no part of the step's key",
            cost=f"a new value leaves this step{later_steps(see.graph, step)} cached, with what the old one gave",
            cure="where the result depends on it, read an ARG in the command that changes with it, such as its hash",
        )
