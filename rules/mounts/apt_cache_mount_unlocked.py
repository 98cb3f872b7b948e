"""A cache mount for apt is shared without a lock, and apt fails where another holds its own.

## What it finds

`--mount=type=cache` on /var/cache/apt or /var/lib/apt without `sharing=locked` or `sharing=private`, in a RUN that
runs apt.

## Why it costs

A cache mount is `shared` unless it says otherwise: the steps of other platforms, targets and builds use it at the same
time. apt takes a lock in both folders, and the second one ends with `Could not get lock`: the build fails, and what
it did is done again.

## When to allow it

Where only one build ever runs on the machine, for one platform, with one such step.

## References

- https://docs.docker.com/reference/dockerfile/#run---mounttypecache
- moby/buildkit#1662
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque
from ..download_caches import cache_mounts, target_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a cache mount for apt is shared without a lock", "warning", on=(Run,), words=("--mount",))

BAD = (
    Example(
        "FROM debian:13\nRUN «--mount=type=cache,target=/var/cache/apt» \\\n"
        "    apt-get update && apt-get install -y gcc\n"
    ),
    Example("FROM debian:13\nRUN «--mount=type=cache,target=/var/lib/apt/lists,sharing=shared» apt-get update\n"),
)
GOOD = (
    Example("FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y gcc\n"),
    Example("FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt,sharing=private apt-get update\n"),
    Example("FROM alpine:3\nRUN --mount=type=cache,target=/var/cache/apk apk add gcc\n"),
    Example("FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt ls /var/cache/apt\n"),
    Example("FROM debian:13\nARG HOW\nRUN --mount=type=cache,target=/var/cache/apt,sharing=$HOW apt-get update\n"),
    Example("FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt apt-get update\n"),
    Example("FROM debian:13\nRUN --mount=type=bind,source=lists,target=/var/lib/apt/lists apt-get install -y gcc\n"),
)

_LISTS = "/var/lib/apt"
_FOLDERS = ("/var/cache/apt", "/var/lib/apt")
_PROGRAMS = frozenset({"apt-get", "apt", "aptitude"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if not isinstance(instruction.body, Run) or not instruction.body.mounts:
        return
    shared = [
        mount
        for mount in cache_mounts(instruction.body)
        if (mount.sharing or "shared").strip("\"'").lower() == "shared" and target_of(mount).startswith(_FOLDERS)
    ]
    if not shared:
        return
    read = see.commands(instruction)
    calls = () if isinstance(read, Opaque) else [one for one in read if one.program in _PROGRAMS]
    installs = any(one.words[-1].text != "update" for one in calls)
    for mount in shared if calls else ():
        if not installs and not target_of(mount).startswith(_LISTS):
            continue  # an update locks its lists only
        yield Diagnostic(
            primary=mount.span,
            message=f"the cache mount at `{target_of(mount)}` is shared without a lock",
            cost="where two steps use it at once (of two platforms, targets, builds), apt gets no lock and fails",
            cure="add `sharing=locked`",
        )
