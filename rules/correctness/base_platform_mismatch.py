"""A base image is for another platform than its FROM asks for.

## What it finds

`FROM --platform=linux/amd64 arm64v8/alpine`: images of the repositories that hold one architecture each. Of all others
only the registry knows their platforms: dcache asks no registry, and says nothing.

## Why it costs

The steps of the stage fail with `exec format error`, or run emulated, many times slower.

## When to allow it

Nowhere; leave the flag out where the image has but one platform.

## References

- https://github.com/docker-library/official-images#architectures-other-than-amd64
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateBaseImagePlatform
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..bases import image_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a base image is for another platform", "warning", ("InvalidBaseImagePlatform",), words=("--platform",))

BAD = (Example("FROM --platform=linux/amd64 «arm64v8/alpine:3.20»\n"),)
GOOD = (
    Example("FROM --platform=linux/arm64 arm64v8/alpine:3.20\n"),
    Example("FROM --platform=$BUILDPLATFORM arm64v8/alpine:3.20\n"),
    Example("FROM arm64v8/alpine:3.20\n"),
    Example("FROM --platform=linux/amd64 example.com/arm64v8/alpine:3.20\n"),
)

_REPOSITORIES = {
    "amd64": "amd64",
    "i386": "386",
    "arm32v5": "arm",
    "arm32v6": "arm",
    "arm32v7": "arm",
    "arm64v8": "arm64",
    "mips64le": "mips64le",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    body = image_of(stage)
    if not body.platform or "$" in body.platform or "/" not in body.image.text:
        return
    actual = _REPOSITORIES.get(body.image.text.partition("/")[0])
    expected = body.platform.lower().partition("/")[2].partition("/")[0]
    expected = {"x86_64": "amd64", "aarch64": "arm64"}.get(expected, expected)
    if actual and expected and actual != expected:
        yield Diagnostic(
            body.image.span,
            f"`{body.image.text}` is for {actual}, not for {expected}",
            "its programs do not run on the platform that is asked for",
            "make the two agree",
        )
