"""A base image has no tag.

## What it finds

FROM with neither a tag nor a digest, also where the default of an ARG is such a name. Stages and `scratch` have none.

## Why it costs

The engine takes `latest`: the build stands on another image whenever that moves, and all its steps run again.

## When to allow it

Where the name is a named context of the build. It is silent where a bake or compose file in the context gives one of
that name; hadolint calls all of them untagged images.

## References

- https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
- https://github.com/hadolint/hadolint/wiki/DL3006
- hadolint takes a stage whose name is put together from arguments for an untagged image; it is not reported here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..facts import Facts
from ..images import base_image, tag_of
from ..named_contexts import named_contexts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a base image has no tag", "warning", ("DL3006", "CKV_DOCKER_7"))

BAD = (Example("FROM «alpine»\n"), Example("ARG BASE=debian\nFROM «$BASE»\n"), Example("FROM «localhost:5000/a»\n"))
GOOD = (
    Example("FROM alpine:3.20\n"),
    Example("FROM scratch\n"),
    Example("FROM alpine:3.20 AS base\nFROM base\n"),
    Example("FROM alpine:3.20 AS base-amd64\nFROM base-$TARGETARCH\n"),
    Example("ARG BASE\nFROM $BASE\n"),
    Example("FROM alpine:${VERSION}\n"),
    Example("FROM alpine@sha256:" + "0" * 64 + "\n"),
    Example("FROM base\n", {"docker-bake.hcl": 'target "a" {\n  contexts = {\n    base = "target:b"\n  }\n}\n'}),
    Example(
        "FROM base\n",
        {"compose.yaml": "services:\n  a:\n    build:\n      additional_contexts:\n        base: service:b\n"},
    ),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    image = base_image(stage, see)
    if image is None:
        return
    text = image.text or ("" if image.written.startswith("$") else image.written)
    if text and tag_of(text) is None and text not in named_contexts(see.context):
        yield Diagnostic(
            image.span,
            f"`{text}` has no tag",
            "all steps run again when `latest` moves",
            "write a tag, and best a digest too",
            aliases=() if image.written.startswith("$") else None,
        )
