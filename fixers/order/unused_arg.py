"""Removes the declaration.

Safe where every RUN behind it runs only programs of which it is known what they read of their environment; unsafe where
packages are installed, whose scripts may look at it. Where scripts of the project run, it stays. A build that is still
given the argument only warns that nothing takes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Instruction, Run
from ...analyzer.effects import ANY, Effects
from ...analyzer.shell import is_common
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.reading import behind
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at, remove
from ..reorder import is_trigger, standing


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file without the argument."""
    if found.confidence == "low":
        return  # a script of the project may look at it
    declared = instruction_at(see.dockerfile, found.primary)
    if declared is None or is_trigger(declared, see) or not isinstance(declared.body, Arg) or see.graph is None:
        return
    at = next((at for at, pair in enumerate(declared.body.pairs) if pair.span == found.primary), None)
    if at is None:
        return
    name = declared.body.pairs[at].key
    edit = (
        remove(see.dockerfile, declared)
        if len(declared.body.pairs) == 1
        else _without(declared, declared.body, at, see)
    )
    if edit is None:
        return
    runs = [one for one in behind(see.graph, see, declared) if isinstance(one.body, Run)]
    sure = not is_common(name) and not any(_may_read(one, name, see) for one in runs)
    yield Fix(
        f"remove `ARG {name}`",
        sure,
        {see.path: (edit,)},
        assumes="" if sure else f"the install scripts of packages do not read `{name}`",
        alters=frozenset({name}),
    )


def _may_read(run: Instruction, name: str, see: Facts) -> bool:
    every = standing(see, run.stage)
    effects = every[run.index].effects if every else None
    return not isinstance(effects, Effects) or not effects.variables.isdisjoint((name, *ANY))


def _without(declared: Instruction, body: Arg, at: int, see: Facts) -> Edit | None:
    """The edit that takes one of several arguments out, where it stands in the row of the one beside it."""
    this = body.pairs[at].span
    start, end = (body.pairs[at - 1].span.end, this.end) if at else (this.start, body.pairs[1].span.start)
    between = see.source[start : this.start] if at else see.source[this.end : end]
    return Edit(Span(start, end), "") if between and not between.strip(" \t") else None
