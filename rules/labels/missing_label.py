"""The image lacks a label that it has to have.

## What it finds

A last stage without one of the labels that the option `required` lists, in it or in the stages it is based on. Without
the option, none is required.

## Why it costs

Whoever finds the image in a registry cannot tell what it was made from.

## When to allow it

Where labels come from the command line: `docker build --label`.

## References

- https://github.com/opencontainers/image-spec/blob/main/annotations.md
- https://github.com/hadolint/hadolint/wiki/DL3049
- hadolint wants the labels in every stage that nothing copies from; only the last one is an image
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Other, Stage
from ...analyzer.named_tuple import NamedTuple
from ..bases import image_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the image lacks a label", "info", ("DL3049",), optional=True)


class Options(NamedTuple):
    """`required` are the keys that the image has to have."""

    required: tuple[str, ...] = ()


BAD = ()
GOOD = (Example("FROM alpine\nLABEL a=b\n"),)


def check(stage: Stage, see: Facts, options: Options) -> Iterator[Diagnostic]:
    stages = see.dockerfile.stages
    if not options.required or stage.index != len(stages) - 1:
        return
    given = {
        pair.key.strip("\"'")
        for index in see.bases.lineage(stage.index)
        for one in stages[index].instructions
        if one.keyword == "LABEL" and isinstance(one.body, Other)
        for pair in one.body.pairs
    }
    for key in options.required:
        if key not in given:
            yield Diagnostic(
                image_of(stage).image.span,
                f"the label `{key}` is missing",
                "it is required here",
                f"write `LABEL {key}=…`",
            )
