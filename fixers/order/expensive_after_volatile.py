"""Moves the step above the copy, with what it needs.

Safe where all that the step reads and writes is known, and the copy brings none of it. Unsafe where packages of a
language are installed, which may be told to go elsewhere, and where the copy goes to a directory of its own below one
that packages fill (`/usr/src/app`). A step that shares a RUN with others moves with them; where they read what is
copied, it gets a RUN of its own.

Where the copy stands in the stage that the step's stage is based on, and only copies and settings follow it there, both
are based on what stands above the copy, and each copies for itself. Unsafe where that takes a stage more: stages have
numbers, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError, Selection
from ...analyzer.dockerfile.syntax import Copy, Instruction, Run
from ...analyzer.graph import CopyOp
from ...analyzer.ordering import Item
from ...analyzer.volatility import Often
from ...rules.copies import broad_sources, context_sources
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..branches import branch
from ..heads import head_above
from ..reorder import below, is_trigger, orders, presumed

# How likely a copy changes from one build to the next, where no history tells: only which is larger matters.
_SOURCE, _MANIFEST = 0.5, 0.05
# So many commits say more than what a copy looks like; what did not change on any of them still may.
_ENOUGH, _AT_LEAST = 20, 0.002


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file with the long step first."""
    run = instruction_at(see.dockerfile, found.primary)
    copy = instruction_at(see.dockerfile, found.related[0].span) if found.related else None
    if run is None or copy is None or is_trigger(run, see) or is_trigger(copy, see):
        return
    if not isinstance(run.body, Run) or not isinstance(copy.body, Copy):
        return
    if run.stage != copy.stage:
        fix = branch(run, copy, see)
    else:
        moved = tuple(_moved(run, copy, see))
        yield from moved
        fix = None if moved else head_above(run, copy, found.primary, see)
    if fix is not None:
        yield fix


def _moved(run: Instruction, copy: Instruction, see: Facts) -> Iterator[Fix]:
    """The whole step above the copy."""
    changing = copied(run.stage, see)
    changing.setdefault(copy.index, Item(0.0, chance=_SOURCE))
    observed = see.volatility.observed if see.volatility is not None else 0
    for better, sure in orders(see, run.stage, changing, observed):
        if run in (*better.moved, *better.passed):
            edits = {see.path: better.edits}
            yield Fix(below(better, copy), sure, edits, assumes="" if sure else presumed(better), alters=better.alters)


def copied(stage: int, see: Facts) -> dict[int, Item]:
    """When the copies of a stage change, by the index of their instruction: as git tells, else by what they copy."""
    found: dict[int, Item] = {}
    for step in see.graph.steps if see.graph is not None else ():
        if step.stage == stage and isinstance(step.op, CopyOp) and (sources := context_sources(step)):
            often = _often([taken for _, _, taken in sources], see)
            if often is not None and often.observed >= _ENOUGH:
                found[step.instruction.index] = Item(0.0, often.builds, _AT_LEAST)
            else:
                chance = _SOURCE if broad_sources(step, see.context) else _MANIFEST
                found[step.instruction.index] = Item(0.0, chance=chance)
    return found


def _often(wanted: list[Selection], see: Facts) -> Often | None:
    """On which commits what is copied changed; None where git does not tell, or the engine would refuse a pattern."""
    try:
        return None if see.volatility is None else see.volatility.often(*wanted)
    except ContextError:
        return None
