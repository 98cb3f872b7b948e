"""A base image has no digest.

## What it finds

FROM with a tag and without a digest. Off by default: it is so in nearly every file.

## Why it costs

A tag is moved with every rebuild of the image: then all steps run again, and the same file makes another image.

## When to allow it

Where updates of the base image are to come in by themselves.

## References

- https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..facts import Facts
from ..images import base_image, tag_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a base image has no digest", "info", default=False)

BAD = (Example("FROM «alpine:3.20»\n"), Example("ARG V=3.20\nFROM «alpine:$V»\n"))
GOOD = (
    Example("FROM alpine:3.20@sha256:" + "0" * 64 + "\n"),
    Example("FROM scratch\n"),
    Example("FROM alpine\n"),
    Example("ARG BASE\nFROM $BASE\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    image = base_image(stage, see)
    if image is None:
        return
    if image.text is not None and tag_of(image.text) not in (None, "@", "latest"):
        yield Diagnostic(
            image.span,
            f"`{image.text}` has no digest",
            "all steps run again when the tag moves",
            "write `@sha256:…` behind the tag",
        )
