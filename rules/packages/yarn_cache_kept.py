"""yarn leaves what it has downloaded in the layer.

## What it finds

`yarn install` in a RUN that neither runs `yarn cache clean` behind it nor removes the cache, nor has a cache mount for
it.

## Why it costs

The cache is pushed and pulled with the layer, and no build ever uses it: when the step runs again, it starts on the
layer before it.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk: only the last stage and those that
others are based on are looked at. hadolint looks at the subcommand `install` only, a bare `yarn` does not carry its
code; and it does not know mounts other than `.cache/yarn`.

## References

- hadolint DL3060
- https://classic.yarnpkg.com/lang/en/docs/cli/cache/
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..download_caches import cache_mounts
from ..facts import Facts
from ..kept import is_built_on, kept
from ..rule import Diagnostic, Example, Rule

RULE = Rule("yarn leaves its cache in the layer", "info", aliases=("DL3060",), on=(Run,), words=("yarn",))

BAD = (
    Example("FROM node:22\nRUN «yarn install --frozen-lockfile»\n"),
    Example("FROM node:22\nRUN yarn cache clean && «yarn install»\n"),
)
GOOD = (
    Example("FROM node:22\nRUN yarn install && yarn cache clean\n"),
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.cache/yarn yarn install\n"),
    Example("FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install\n"),
    Example("FROM node:22\nENV YARN_CACHE_FOLDER=/yarn\nRUN --mount=type=cache,target=/yarn yarn install\n"),
    Example("FROM node:22\nRUN yarn install && rm -rf /usr/local/share/.cache\n"),
    Example("FROM node:22\nRUN yarn build && yarn --version\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    assert isinstance(instruction.body, Run)
    for command, _ in kept(instruction, see, "yarn", ("yarn",), frozenset({"install"})):
        moved = "YARN_CACHE_FOLDER" in see.source and bool(cache_mounts(instruction.body))
        if not moved and is_built_on(instruction.stage, see):
            yield Diagnostic(
                primary=command.span,
                message="`yarn install` leaves its cache in the layer",
                cost="it makes every push and pull larger, and no later build uses it",
                cure="end the RUN with `yarn cache clean`, or give the cache a mount",
                aliases=None if command.direct else (),
            )
