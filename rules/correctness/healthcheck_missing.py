"""The image has no HEALTHCHECK.

## What it finds

A last stage that has none, nor any stage that it is based on. Off by default: orchestrators bring checks of their own.

## Why it costs

`docker ps`, Compose and Swarm take a container that hangs for one that works.

## When to allow it

Where the image runs under Kubernetes, which reads none, or is no service.

## References

- https://docs.docker.com/reference/dockerfile/#healthcheck
- https://github.com/hadolint/hadolint/wiki/DL3057
- hadolint wants one in every stage; a stage that is only copied from runs no container
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..bases import image_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the image has no HEALTHCHECK", "info", ("DL3057", "CKV_DOCKER_2", "DS-0026"), default=False)

BAD = (Example("FROM alpine AS a\nFROM «debian:13»\nRUN true\n"),)
GOOD = (
    Example("FROM debian\nHEALTHCHECK CMD curl -f localhost\n"),
    Example("FROM debian\nHEALTHCHECK NONE\n"),
    Example("FROM debian AS a\nHEALTHCHECK CMD curl -f localhost\nFROM a\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    stages = see.dockerfile.stages
    if stage.index != len(stages) - 1:
        return
    lineage = see.bases.lineage(stage.index)
    if not any(one.keyword == "HEALTHCHECK" for index in lineage for one in stages[index].instructions):
        image = image_of(stage).image
        yield Diagnostic(
            image.span,
            f"the image made from `{image.text}` has no HEALTHCHECK",
            "a container that hangs counts as running",
            "add one, or `HEALTHCHECK NONE`",
        )
