"""Files are copied from an image that moves.

## What it finds

`COPY --from=image` and `RUN --mount=from=image` where the image has the tag `latest` or none. Names that could be those
of stages or of named contexts are left to correctness/unknown-copy-source.

## Why it costs

The step, and all behind it, run again when the tag moves; until somebody pulls it, other machines copy other files.

## When to allow it

Where the newest release is always wanted, and the step is near the end.

## References

- https://docs.docker.com/build/building/multi-stage/#use-an-external-image-as-a-stage
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ..facts import Facts
from ..images import copied_images, tag_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("files are copied from an image that moves", "warning", words=("from=",))

BAD = (
    Example("FROM alpine:3.20\nCOPY «--from=ghcr.io/astral-sh/uv:latest» /uv /bin/\n"),
    Example("FROM alpine:3.20\nRUN «--mount=from=example.com/tools,target=/t» /t/run\n"),
)
GOOD = (
    Example("FROM alpine:3.20\nCOPY --from=ghcr.io/astral-sh/uv:0.5.1 /uv /bin/\n"),
    Example("FROM alpine:3.20 AS a\nFROM alpine:3.20\nCOPY --from=a /a /a\n"),
    Example("FROM alpine:3.20\nCOPY --from=assets /a /a\n"),
    Example("FROM alpine:3.20\nCOPY --from=a/b@sha256:" + "0" * 64 + " /a /a\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    for image in copied_images(stage, see):
        if image.text is None:
            continue
        tag = tag_of(image.text)
        if tag == "latest" or (tag is None and "/" in image.text):
            yield Diagnostic(
                image.span,
                f"`{image.text}` moves",
                "the step and all behind it run again when it does",
                "write the tag of a release, and best a digest too",
            )
