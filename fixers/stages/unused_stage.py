"""Removes the stage, with its comments.

Unsafe: whoever builds it with `--target` has nothing to build any more. Files in which another stage is named by its
number are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import block, instruction_at, names_by_number


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file without the stage."""
    first = instruction_at(see.dockerfile, found.primary)
    if first is None or names_by_number(see.dockerfile):
        return
    stage = see.dockerfile.stages[first.stage]
    start, end = block(see.dockerfile, first).start, block(see.dockerfile, stage.instructions[-1]).end
    text = see.source
    while end < len(text) and not text[end : _row_end(text, end)].strip():
        end = _row_end(text, end)
    name = f"stage `{stage.name}`" if stage.name else f"the stage on `{' '.join(first.text.split())[:60]}`"
    yield Fix(
        f"remove {name}",
        False,
        {see.path: (Edit(Span(start, end), ""),)},
        assumes=f"nobody builds it with `--target {stage.name or first.stage}`",
    )


def _row_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1
