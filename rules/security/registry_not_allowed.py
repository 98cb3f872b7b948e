"""An image comes from a registry that is not allowed.

## What it finds

Images in FROM, `COPY --from` and `RUN --mount=from=` whose registry is not among those that the option `registries`
lists. Without the option, all are allowed. `*` at the beginning or the end stands for anything.

## Why it costs

The build takes in what nobody of yours has looked at, and fails where the registry cannot be reached.

## When to allow it

List the registry; images without one come from `docker.io`.

## References

- https://github.com/hadolint/hadolint/wiki/DL3026
- hadolint takes a stage that is named later for an image; the engine's order counts here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Stage
from ...analyzer.graph import image_ref
from ...analyzer.named_tuple import NamedTuple
from ..facts import Facts
from ..images import base_image, copied_images
from ..rule import Diagnostic, Example, Rule

RULE = Rule("an image comes from a registry that is not allowed", "error", ("DL3026",), optional=True)


class Options(NamedTuple):
    """`registries` are the allowed ones; none: all."""

    registries: tuple[str, ...] = ()


BAD = ()
GOOD = (Example("FROM example.com/a:1\nCOPY --from=ghcr.io/a/b:1 /a /a\n"),)


def check(stage: Stage, see: Facts, options: Options) -> Iterator[Diagnostic]:
    if not options.registries:
        return
    for image in (base_image(stage, see), *copied_images(stage, see)):
        if image is None or image.text is None:
            continue
        registry = image_ref(image.text).name.partition("/")[0]
        if not any(_matches(allowed, registry) for allowed in options.registries):
            yield Diagnostic(
                image.span,
                f"`{image.text}` comes from `{registry}`",
                "the registry is not among the allowed ones",
                f"take it from {' or '.join(options.registries)}",
            )


def _matches(allowed: str, registry: str) -> bool:
    allowed = {"hub.docker.com": "docker.io"}.get(allowed, allowed)
    if allowed.startswith("*"):
        return registry.endswith(allowed[1:])
    return registry.startswith(allowed[:-1]) if allowed.endswith("*") else registry == allowed
