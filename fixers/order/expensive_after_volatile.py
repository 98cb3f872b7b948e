"""Moves the step above the copy, with what it needs.

Safe where all that the step reads and writes is known, and the copy brings none of it. Unsafe where packages of a
language are installed, which may be told to go elsewhere. A step that shares a RUN with others moves with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Run
from ...analyzer.graph import CopyOp
from ...rules.copies import broad_sources, context_sources
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..reorder import below, is_trigger, orders, presumed

# How likely a copy changes from one build to the next, where no history tells: only which is larger matters.
_SOURCE, _MANIFEST = 0.5, 0.05


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file with the long step first."""
    run = instruction_at(see.dockerfile, found.primary)
    copy = instruction_at(see.dockerfile, found.related[0].span) if found.related else None
    if run is None or copy is None or run.stage != copy.stage or is_trigger(run, see) or is_trigger(copy, see):
        return
    if not isinstance(run.body, Run) or not isinstance(copy.body, Copy):
        return
    chances = {**copied(run.stage, see), copy.index: _SOURCE}
    for better, sure in orders(see, run.stage, chances):
        if run in (*better.moved, *better.passed):
            edits = {see.path: better.edits}
            yield Fix(below(better, copy), sure, edits, assumes="" if sure else presumed(better), alters=better.alters)


def copied(stage: int, see: Facts) -> dict[int, float]:
    """How likely the copies of a stage change, by the index of their instruction."""
    found: dict[int, float] = {}
    for step in see.graph.steps if see.graph is not None else ():
        if step.stage == stage and isinstance(step.op, CopyOp) and context_sources(step):
            found[step.instruction.index] = _SOURCE if broad_sources(step, see.context) else _MANIFEST
    return found
