"""The last USER of a stage is root.

## What it finds

`USER root` and `USER 0` behind which the stage has no other USER. In a stage that is only copied from or built upon, it
is mere information.

## Why it costs

The container's processes run as root: whoever takes one over has all that the container may do.

## When to allow it

In stages that only build, and where the program needs it and drops its rights itself.

## References

- https://docs.docker.com/build/building/best-practices/#user
- https://github.com/hadolint/hadolint/wiki/DL3002
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage, User
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the last USER is root", "warning", ("DL3002", "CKV_DOCKER_8", "DS-0002"), words=("user",))

BAD = (Example("FROM alpine\nUSER app\nUSER «root»\n"), Example("FROM alpine\nUSER «0:0»\n"))
GOOD = (
    Example("FROM alpine\nUSER root\nRUN apk add curl\nUSER app\n"),
    Example("FROM alpine\nUSER rootless\n"),
    Example("FROM alpine\nUSER $ROOT\n"),
    Example("FROM alpine\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    for one in reversed(stage.instructions):
        if isinstance(one.body, User):
            user = one.body.user
            if user.text.partition(":")[0] in ("root", "0"):
                last = stage.index == len(see.dockerfile.stages) - 1
                yield Diagnostic(
                    user.span,
                    f"the last user of the stage is `{user.text}`",
                    "containers run as root" if last else "containers of this stage would run as root",
                    "end the stage with another USER",
                    severity=None if last else "info",
                )
            return
