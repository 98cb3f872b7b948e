"""Writes the comments that ignore present findings."""

from __future__ import annotations

from collections.abc import Iterable

from ..analyzer.dockerfile import parse
from ..analyzer.source import Edit, SourceFile, Span, apply_edits
from .rule import Diagnostic


def with_ignores(source: SourceFile, diagnostics: Iterable[Diagnostic]) -> tuple[SourceFile, int]:
    """The file with a comment above each instruction that something was found in, and how many were added.

    A finding outside all instructions, as one about a comment, cannot be ignored this way and is left.
    """
    dockerfile = parse(source)
    placed = [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]
    names: dict[Span, set[str]] = {}
    for diagnostic in diagnostics:
        for instruction in placed:
            if instruction.span.start <= diagnostic.primary.start < instruction.span.end:
                names.setdefault(instruction.span, set()).add(diagnostic.rule)
                break
    edits = [
        Edit(_row_start(source.text, span), f"# dcache: ignore[{', '.join(sorted(rules))}]{source.newline}")
        for span, rules in names.items()
    ]
    return source._replace(text=apply_edits(source.text, edits)), len(edits)


def _row_start(text: str, span: Span) -> Span:
    at = text.rfind("\n", 0, span.start) + 1
    return Span(at, at)
