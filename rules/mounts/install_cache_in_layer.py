"""An install leaves its downloads in a layer of the image.

## What it finds

- a RUN that removes the downloads of an earlier RUN (`rm -rf /var/lib/apt/lists/*`, `npm cache clean`): they stay in
  the layer that it stands on;
- in the image itself, not in stages that it only copies from: `npm ci`, `composer install`, `poetry install`,
  `conda env create`, `cargo install` … that neither have a cache mount nor remove their cache in the same RUN.

## Why it costs

The cache is pulled and pushed with the layer, and no build ever uses it: when the step runs again, it starts on the
layer before it and downloads everything anew. In a cache mount it would be kept, and be no part of the image.

## When to allow it

Where the running container goes on installing. For pip, apt, apk, dnf, yum, zypper and yarn in one RUN, rules of
their own (hadolint's DL3042, DL3009 and so on) ask the same.

## References

- https://docs.docker.com/build/cache/optimize/#use-cache-mounts
- https://docs.docker.com/build/building/best-practices/#run
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Run
from ...analyzer.graph import BuildGraph, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import CACHES, Command, Install, Opaque, download_folder
from ...analyzer.source import Span
from ..download_caches import STORES, in_image, is_moved, left_in_layer, stays_in_image, throws_away
from ..facts import Facts
from ..reach import is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("an install leaves its downloads in a layer", "info")


class Evidence(NamedTuple):
    """The tool that leaves its downloads, and where the RUNs stand in which it does."""

    tool: str
    runs: tuple[Span, ...]


BAD = (
    Example("FROM node:22\nCOPY package*.json ./\nRUN «npm ci»\n"),
    Example("FROM debian:13\nRUN apt-get update && apt-get install -y gcc\nRUN «rm -rf /var/lib/apt/lists/*»\n"),
    Example("FROM php:8 AS base\nRUN «composer install»\nFROM base\nCOPY . .\n"),
)
GOOD = (
    Example("FROM node:22\nRUN npm ci && npm cache clean --force\n"),
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    Example("FROM node:22 AS build\nRUN npm ci\nFROM nginx\nCOPY --from=build /app/dist /www\n"),
    Example("FROM node:22\nRUN npm ci && rm -rf ~/.npm\n"),
    Example("FROM debian:13\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"),
    Example("FROM debian:13\nRUN rm -rf /var/lib/apt/lists/*\n"),
    Example("FROM ghcr.io/astral-sh/uv:debian\nRUN uv sync --no-cache\n"),
    Example("FROM node:22\nENV NPM_CONFIG_CACHE=/tmp/npm\nRUN npm ci\n"),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    image = in_image(graph)
    left: list[tuple[Step, Install]] = []
    told: dict[str, list[tuple[Step, Install]]] = {}
    for step in graph.steps:
        run = step.instruction.body
        if not is_run(step) or step.stage not in image or not isinstance(run, Run) or see.dockerfile.escape != "\\":
            continue
        read = see.commands(step.instruction)
        if isinstance(read, Opaque):
            continue
        installs = (*see.installs(step.instruction), *see.package_installs(step.instruction))
        mine = {one.tool for one in installs}
        for command in read:
            yield from _late(command, [one for one in left if one[1].tool not in mine])
        kept = [one for one in installs if left_in_layer(one, run, read)]
        left += [(step, one) for one in kept]
        for install in kept:
            moved = is_moved(CACHES[install.tool], (one.name for one in step.scope.env))
            if not moved and stays_in_image(install, step.stage, run, see, read):
                told.setdefault(install.tool, []).append((step, install))
    for same in told.values():
        yield _left(same)


def _late(command: Command, left: list[tuple[Step, Install]]) -> Iterator[Diagnostic]:
    """A command that removes what an earlier step has left in its layer."""
    for step, install in left:
        if throws_away(command, install.tool):
            text = " ".join(word.text for word in command.words)
            yield Diagnostic(
                primary=command.span,
                message=f"`{text if len(text) <= 50 else text[:49] + '…'}` comes after the layer of `{install.name}`",
                cost="that layer keeps its downloads: the image is no smaller, and has one more layer",
                cure=f"do it in the RUN of `{install.name}`, or give that a cache mount",
                related=(Related(step.span, f"`{install.name}` has left them here"),),
            )
            return


def _left(installs: list[tuple[Step, Install]]) -> Diagnostic:
    install = installs[0][1]
    folder = download_folder(install)
    cure = f"give `{folder}` a cache mount"
    if install.tool in STORES:
        cure += " in each RUN that uses it, or build in a stage of its own and copy the result"
    return Diagnostic(
        primary=install.command.span,
        message=f"`{install.name}` leaves its downloads in the image, in `{folder}`",
        cost="they are pushed and pulled with the layer, and a miss downloads everything anew all the same",
        cure=cure,
        related=tuple(Related(one.command.span, f"so does `{one.name}`") for _, one in installs[1:]),
        confidence="medium",
        evidence=Evidence(install.tool, tuple(step.span for step, _ in installs)),
    )
