"""apt leaves its package lists in the layer.

## What it finds

`apt-get update` in a RUN that does not remove `/var/lib/apt/lists` behind it, nor has a cache mount there.

## Why it costs

The lists, some 20 to 50 MB, are pushed and pulled with the layer, and grow old there: an `apt-get install` in an image
that is based on this one works with them, and fails with 404.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk: only the last stage and those that
others are based on are looked at. hadolint takes any `rm -rf` for the removal, whatever it removes; such findings do
not carry its code.

## References

- hadolint DL3009
- https://docs.docker.com/build/building/best-practices/#apt-get
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Command
from ..facts import Facts
from ..kept import clears_lists, is_built_on, mounted, sweeps
from ..rule import Diagnostic, Example, Rule

RULE = Rule("apt leaves its package lists in the layer", "info", aliases=("DL3009",), on=(Run,), words=("apt",))

BAD = (
    Example("FROM debian:12\nRUN «apt-get update» && apt-get install -y curl\n"),
    Example("FROM debian:12\nRUN «apt update» && apt-get install -y curl && apt-get clean && rm -rf /tmp/x\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"),
    Example("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /tmp/* /var/lib/apt/lists\n"),
    Example("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/*\n"),
    Example(
        "FROM debian:12\nRUN apt-get update && apt-get -y install curl && find /var/lib/apt/lists -type f -delete\n"
    ),
    Example("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl\n"),
    Example(
        "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt/lists apt-get update && apt-get install -y curl\n"
    ),
    Example(
        "FROM debian:12\nRUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update && apt-get install -y curl\n"
    ),
    Example("FROM debian:12 AS a\nRUN apt-get update\nFROM debian:12\nCOPY --from=a /x /x\n"),
    Example("FROM debian:12\nRUN apt-get install -y curl\n"),
)

_PROGRAMS = ("apt-get", "apt", "aptitude")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    assert isinstance(instruction.body, Run)
    update = next((one for one in see.calls(instruction, *_PROGRAMS) if _updates(one)), None)
    if update is None or mounted(instruction.body, "/var/lib/apt/lists") or not is_built_on(instruction.stage, see):
        return
    later = see.calls(instruction, "rm", "find")
    if any(clears_lists(one) for one in later):
        return
    yield Diagnostic(
        primary=update.span,
        message=f"`{update.program} update` leaves the package lists in the layer",
        cost="they make every push and pull larger, and are out of date where an image is based on this one",
        cure="end the RUN with `rm -rf /var/lib/apt/lists/*`, or give `/var/lib/apt/lists` a cache mount",
        aliases=None if update.direct and not any(sweeps(one) for one in later) else (),
    )


def _updates(command: Command) -> bool:
    return any(word.text == "update" for word in command.words[1:])
