"""The engine refuses the file.

## What it finds

Every fault for which the engine refuses the file before it builds anything, in its own words.

## Why it costs

There is no build.

## When to allow it

Nowhere; a file that is a template and no Dockerfile is better named so.

## References

- BuildKit v0.32, frontend/dockerfile/parser, frontend/dockerfile/instructions
- hadolint fails at heredocs, at `RUN` alone and at `# escape` in capitals with DL1000; the engine builds them
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Dockerfile, Problem
from ...analyzer.source import Span
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the engine refuses the file", "error", ("DL1000", "DL3043", "DL3061"))

BAD = (Example("FROM alpine\n«RNU» echo a\n"), Example("FROM alpine\nCOPY «--form=a» /a /a\n"))
GOOD = (
    Example("FROM alpine\nRUN <<EOF\necho a\nEOF\nRUN echo b\n"),
    Example("FROM alpine\nRUN\n"),
    Example("FROM alpine\nONBUILD RUN echo a\n"),
)


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    for problem in dockerfile.problems:
        yield Diagnostic(
            _visible(problem.span, see),
            _told(problem.message),
            "the engine refuses the file",
            "correct it",
            aliases=(_alias(problem),),
        )


def _told(message: str) -> str:
    """The engine's words, quotes as backticks where there are none."""
    return message if "`" in message else f"`{message}`"


def _alias(problem: Problem) -> str:
    if "ONBUILD" in problem.message and "allowed" in problem.message:
        return "DL3043"
    return "DL3061" if problem.message == "no build stage in current context" else "DL1000"


def _visible(span: Span, see: Facts) -> Span:
    """The first line of what is refused."""
    end = see.source.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.start, end)
