"""A base image has the tag `latest`.

## What it finds

FROM with `:latest` and no digest, also where the default of an ARG says so.

## Why it costs

The build stands on another image whenever the tag moves, and all its steps run again.

## When to allow it

Where the image has no other tags.

## References

- https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
- https://github.com/hadolint/hadolint/wiki/DL3007
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..facts import Facts
from ..images import base_image, tag_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a base image has the tag `latest`", "warning", ("DL3007", "CKV_DOCKER_7", "DS-0001"), words=("latest",))

BAD = (Example("FROM «alpine:latest»\n"), Example("ARG TAG=latest\nFROM «alpine:$TAG»\n"))
GOOD = (
    Example("FROM alpine:3.20\n"),
    Example("FROM alpine:latest@sha256:" + "0" * 64 + "\n"),
    Example("FROM alpine:latest-dev\n"),
    Example("ARG TAG\nFROM alpine:$TAG\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    image = base_image(stage, see)
    if image is None:
        return
    text = image.text or image.written
    if tag_of(text) == "latest":
        yield Diagnostic(
            image.span,
            f"`{text}` moves",
            "all steps run again when it does",
            "write the tag of a release, and best a digest too",
            aliases=None if tag_of(image.written) == "latest" else (),
        )
