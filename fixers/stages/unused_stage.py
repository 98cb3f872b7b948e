"""Removes the stage, with its comments.

Unsafe: whoever builds it with `--target` has nothing to build any more. Files in which another stage is named by its
number are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Onbuild, Run
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import block, instruction_at, instructions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file without the stage."""
    first = instruction_at(see.dockerfile, found.primary)
    if first is None or _is_numbered(see):
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


def _is_numbered(see: Facts) -> bool:
    """Whether an instruction names a stage by its number, which the removal would change."""
    for one in instructions(see.dockerfile):
        body = one.body.trigger.body if isinstance(one.body, Onbuild) else one.body
        names = [body.from_] if isinstance(body, Copy) else []
        names += [mount.from_ for mount in body.mounts] if isinstance(body, Run) else []
        if any((name or "").strip("\"'").isdecimal() for name in names):
            return True
    return False
