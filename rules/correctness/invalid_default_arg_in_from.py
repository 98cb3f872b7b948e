"""Without build arguments, FROM names no image.

## What it finds

FROM whose variables have no default, or one that makes no valid image name.

## Why it costs

The file only builds with `--build-arg`; `docker build .`, and tools that read the file, refuse it.

## When to allow it

Where the value must come from outside: give it a default that builds all the same.

## References

- https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateBaseImagesWithDefaultArgs
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Dockerfile
from ...analyzer.graph.images import is_image_ref
from ..bases import image_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("without build arguments, FROM names no image", "warning", ("InvalidDefaultArgInFrom",))

BAD = (
    Example("ARG TAG\nFROM «busybox:${TAG}»\n"),
    Example("ARG BASE\nFROM «$BASE»\n"),
)
GOOD = (
    Example("ARG TAG=latest\nFROM busybox:${TAG}\n"),
    Example("ARG TAG\nFROM busybox:${TAG:-latest}\n"),
    Example("ARG TAG\nFROM busybox:1.36${TAG}\n"),
    Example("FROM scratch\n"),
)


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    for stage, base in zip(dockerfile.stages, see.bases.stages, strict=True):
        if base.image.text is None:
            return
        if is_image_ref(base.image.text):
            continue
        image = image_of(stage).image
        told = f"`{base.image.text}`" if base.image.text else "nothing"
        yield Diagnostic(
            image.span,
            f"`{image.text}` names no image",
            f"with the default arguments it is {told}, which the engine refuses",
            "give the ARG a default that is an image" if "$" in image.text else "write a name, a tag and a digest",
        )
