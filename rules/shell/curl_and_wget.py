"""A stage uses curl and wget.

## What it finds

A RUN that calls one of them, in a stage where the other is called, too.

## Why it costs

Two tools for one job: both have to be installed, kept up to date and configured (certificates, proxies).

## When to allow it

Where the base image has both. hadolint does not look into stages that a stage is based on; nor does this rule.

## References

- hadolint DL4001
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Run, Stage
from ...analyzer.shell import Command
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("curl and wget are both used", "warning", aliases=("DL4001",), words=("wget",))

BAD = (
    Example("FROM debian:12\nRUN curl -O https://example.org/a\nRUN «wget» -q https://example.org/b\n"),
    Example("FROM debian:12\nRUN wget -q https://example.org/a && «curl» -O https://example.org/b\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN curl -O https://example.org/a\nRUN curl -O https://example.org/b\n"),
    Example("FROM debian:12\nRUN apt-get install -y curl wget\nRUN curl -O https://example.org/a\n"),
    Example("FROM debian:12\nRUN curl -O https://example.org/a\nFROM debian:12\nRUN wget -q https://example.org/b\n"),
    Example("FROM debian:12\nRUN echo curl wget\n"),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    first: dict[str, Command] = {}
    for instruction in stage.instructions:
        if not isinstance(instruction.body, Run):
            continue
        calls = see.calls(instruction, "curl", "wget")
        for call in calls:
            first.setdefault(call.program, call)
        if calls and len(first) > 1:
            later = max(first.values(), key=lambda one: one.span)
            told = later if later in calls else calls[0]
            other = first["curl" if told.program == "wget" else "wget"]
            yield Diagnostic(
                primary=told.words[0].span,
                message=f"`{told.program}` is used, and `{other.program}`, too",
                cost="both have to be installed, configured and kept up to date",
                cure="use one of them",
                related=(Related(other.words[0].span, f"`{other.program}` is used here"),),
                aliases=None if all(one.direct for one in first.values()) else (),
            )
