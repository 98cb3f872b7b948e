"""A blank line stands inside a continued instruction.

## What it finds

Blank lines between the lines of an instruction that a backslash joins. Comment lines are no fault.

## Why it costs

The engine skips the line today and says that it will refuse it in a future release. Whoever reads the file takes the
instruction to end there.

## When to allow it

Nowhere; a line with only `#` separates just as well.

## References

- https://docs.docker.com/reference/build-checks/no-empty-continuation/
- BuildKit v0.32, frontend/dockerfile/parser/parser.go: Parse
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.lines import SPACES, continued
from ...analyzer.dockerfile.syntax import Dockerfile, Instruction
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.source import Span
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a blank line stands inside an instruction", "warning", ("NoEmptyContinuation",))


class Evidence(NamedTuple):
    """All blank lines inside the instruction."""

    blank: tuple[Span, ...]


BAD = (Example("FROM alpine\nRUN echo a \\\n«\n»  && echo b\n"),)
GOOD = (
    Example("FROM alpine\nRUN echo a \\\n  # then\n  && echo b\n\nRUN echo c\n"),
    Example("FROM alpine\nRUN <<EOF\necho a\n\necho b\nEOF\n"),
    Example("FROM alpine\nRUN echo a \\\n"),
)


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    placed = [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]
    for one in placed:
        blank = tuple(_blank(see.source, one, one is placed[-1], dockerfile.escape))
        if blank:
            yield Diagnostic(
                blank[0],
                f"a blank line stands inside `{one.keyword}`",
                "a future release of the engine refuses it",
                "remove it",
                evidence=Evidence(blank),
            )


def _blank(source: str, one: Instruction, last: bool, escape: str) -> Iterator[Span]:
    """The blank lines inside an instruction; only the last one of a file can have nothing else joined to it."""
    end = one.heredocs[0].span.start if one.heredocs else one.span.end
    if last and not one.heredocs and continued(source[source.rfind("\n", 0, end) + 1 : end], escape) >= 0:
        end = len(source)
    at = source.find("\n", one.span.start, end) + 1
    while 0 < at < end:
        feed = source.find("\n", at, end)
        stop = end if feed < 0 else feed
        if not source[at:stop].strip(SPACES) and feed >= 0:
            yield Span(at, stop + 1)
        at = stop + 1
