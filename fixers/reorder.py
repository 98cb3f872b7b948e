"""Puts the instructions of a stage into the order that makes rebuilds cheapest, as far as they may change places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from ..analyzer.costs import SECONDS
from ..analyzer.dockerfile.syntax import Arg, Copy, Env, Instruction, Run, Workdir
from ..analyzer.effects import Effects
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.ordering import Item, best_order
from ..analyzer.shell import Opaque
from ..analyzer.source import Edit
from ..rules.facts import Facts
from ..rules.rule import DIRECTORY, Diagnostic, Fix
from ..rules.volatile import changes_with
from .blocks import insert_below, instruction_at, is_parted, lines, remove
from .passing import Standing, may_pass, standings
from .warm_mounts import warm_share

MOST_INSTRUCTIONS = 200
"""Stages with more are left alone: each instruction is held against each other one."""
# Steps that take less are worth no move: a copy, a directory, a file that is removed.
_WORTH_MOVING = 1.0
_LEAST_SAVED = 0.2


class Reordered(NamedTuple):
    """A better order of a stage: `moved` are the instructions that change their place, `passed` those that one of them
    stands on the other side of now, both as they follow each other now.

    `alters` are the variables that other instructions see otherwise, as in `Fix`; `saves` is the expected time that a
    rebuild needs less, in seconds.
    """

    edits: tuple[Edit, ...]
    moved: tuple[Instruction, ...]
    passed: tuple[Instruction, ...]
    alters: frozenset[str]
    saves: float


_known: WeakKeyDictionary[Facts, dict[int, tuple[Standing, ...]]] = WeakKeyDictionary()


def standing(see: Facts, stage: int) -> tuple[Standing, ...]:
    """The instructions of a stage with what they read and write, found once a file; empty where there is no graph."""
    found = _known.setdefault(see, {})
    if stage not in found:
        found[stage] = standings(see, stage)
    return found[stage]


def orders(see: Facts, stage: int, changing: Mapping[int, Item], observed: int = 0) -> Iterator[tuple[Reordered, bool]]:
    """Better orders of a stage in which the instructions with these indices change, as the items say.

    First the one in which no instruction can tell the difference, with True; then, with False, the one in which the
    programs of packages are taken to read and write what they are known for, where it saves more.
    """
    sure = reordered(see, stage, changing, observed)
    if sure is not None:
        yield sure, True
    presumed = reordered(see, stage, changing, observed, presume=True)
    if presumed is not None and (sure is None or presumed.saves > sure.saves + _LEAST_SAVED):
        yield presumed, False


def reordered(
    see: Facts, stage: int, changing: Mapping[int, Item], observed: int = 0, *, presume: bool = False
) -> Reordered | None:
    """The best order of a stage in which the instructions with these indices change; None where it is as it is."""
    instructions = see.dockerfile.stages[stage].instructions
    every = standing(see, stage)
    count = len(instructions)
    if len(every) != count or count > MOST_INSTRUCTIONS:
        return None
    after = {
        at: frozenset(one for one in range(at) if not may_pass(every[one], every[at], see, presume=presume))
        for at in range(count)
    }
    costs = [seconds(one.instruction, one.effects, see) for one in every]
    worth = [cost if cost >= _WORTH_MOVING else 0.0 for cost in costs]
    items = [changing.get(at, Item(0.0))._replace(cost=cost) for at, cost in enumerate(worth)]
    found = best_order(items, after, observed)
    saves = found.before - found.cost
    if saves < _LEAST_SAVED:
        return None
    kept = _kept(found.order, instructions, changing)
    places = {at: place for place, at in enumerate(found.order)}
    moved = [at for at in found.order if at not in kept]
    passed = {at for at in kept for one in moved if (places[at] < places[one]) != (at < one)}
    return Reordered(
        tuple(_edits(see, [instructions[at] for at in found.order], {instructions[at].index for at in kept})),
        tuple(instructions[at] for at in moved),
        tuple(instructions[at] for at in found.order if at in passed),
        _altered(instructions, places),
        saves,
    )


def seconds(instruction: Instruction, effects: Effects | Opaque, see: Facts, *, warm: bool = True) -> float:
    """What a step is expected to take, in seconds: as builds of it took, else by its kind; 0 for what is no step.

    With `warm`, cache mounts are taken to hold what earlier builds left in them.
    """
    measured = see.costs.typical(instruction)
    if measured is not None:
        return measured
    if isinstance(instruction.body, Run):
        if see.installs(instruction) or see.package_installs(instruction):
            return SECONDS["install"] * (warm_share(instruction, see) if warm else 1.0)
        quick = isinstance(effects, Effects) and not effects.network
        return SECONDS["quick"] if quick else SECONDS["run"]
    if isinstance(instruction.body, Copy):
        return SECONDS["copy"]
    return SECONDS["mkdir"] if isinstance(instruction.body, Workdir) else 0.0


def _kept(order: Sequence[int], instructions: Sequence[Instruction], changing: Collection[int]) -> frozenset[int]:
    """As many instructions as can stay where they are, rather steps than a declaration that changes."""
    most = _increasing(order)
    steps = _increasing([at for at in order if at not in changing or not isinstance(instructions[at].body, Arg | Env)])
    return steps if len(steps) == len(most) else most


def _increasing(order: Sequence[int]) -> frozenset[int]:
    """The items of a longest increasing subsequence."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for at in order:
        place = bisect_left(ends, at)
        before[at] = ends[place - 1] if place else None
        ends[place : place + 1] = [at]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = before[last]
    return frozenset(found)


def _edits(see: Facts, order: Sequence[Instruction], kept: set[int]) -> Iterator[Edit]:
    """The edits that leave the kept instructions where they are, and put each other one behind the one before it."""
    anchor = order[0]
    waiting = ""
    for one in order:
        if one.index not in kept:
            yield remove(see.dockerfile, one)
            waiting += (see.dockerfile.source.newline if is_parted(see.dockerfile, one) else "") + lines(
                see.dockerfile, one
            )
            continue
        if waiting:
            yield insert_below(see.dockerfile, anchor, waiting)
            waiting = ""
        anchor = one
    if waiting:
        yield insert_below(see.dockerfile, anchor, waiting)


def _altered(instructions: Sequence[Instruction], places: Mapping[int, int]) -> frozenset[str]:
    """The variables whose ARG or ENV now stands on the other side of a step, and DIRECTORY where a WORKDIR does."""
    steps = [at for at, one in enumerate(instructions) if isinstance(one.body, Run | Copy | Workdir)]
    found: set[str] = set()
    for at, one in enumerate(instructions):
        if any((places[step] < places[at]) != (step < at) for step in steps):
            found.update((pair.key for pair in one.body.pairs) if isinstance(one.body, Arg | Env) else ())
            found.update({DIRECTORY} if isinstance(one.body, Workdir) else ())
    return frozenset(found)


def lowered(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The fixes that put what a finding is about, which changes with every build, below all that can do without it."""
    subject = instruction_at(see.dockerfile, found.primary)
    if subject is None or is_trigger(subject, see):
        return
    for better, sure in orders(
        see, subject.stage, {**_volatile(see, subject.stage), subject.index: Item(0.0, chance=1.0)}
    ):
        edits = {see.path: better.edits}
        yield Fix(below(better, subject), sure, edits, assumes="" if sure else presumed(better), alters=better.alters)


def _volatile(see: Facts, stage: int) -> dict[int, Item]:
    """The declarations of a stage whose names say that their values change, by index: they move together."""
    return {
        one.index: Item(0.0, chance=0.5)
        for one in see.dockerfile.stages[stage].instructions
        if isinstance(one.body, Arg | Env) and any(changes_with(pair.key) == "high" for pair in one.body.pairs)
    }


def presumed(better: Reordered) -> str:
    """The clause that has to be true for an order that is not sure."""
    if not better.alters - {DIRECTORY}:
        return "no program that is run is among what is copied, and packages go where the whole system keeps them"
    names = " and ".join(f"`{name}`" for name in sorted(better.alters - {DIRECTORY}))
    return f"the install scripts of packages do not read {names}"


def is_trigger(one: Instruction, see: Facts) -> bool:
    """Whether an instruction stands behind ONBUILD, or outside all stages."""
    return one.stage < 0 or see.is_trigger(one)


def below(found: Reordered, subject: Instruction) -> str:
    """What is done, from the view of an instruction that should stand further down."""
    rest = [one for one in found.moved if one != subject]
    if subject not in found.moved:
        first = next((one for one in rest if isinstance(one.body, Run)), rest[0])
        return f"move {told(first)}{_also([one for one in rest if one != first])} above {told(subject)}"
    runs = [one for one in found.passed if isinstance(one.body, Run)]
    return f"move {told(subject)}{_also(rest)} below {told((runs or found.passed)[-1])}"


def _also(rest: Sequence[Instruction]) -> str:
    return "" if not rest else f" and {told(rest[0])}" if len(rest) == 1 else f" and {len(rest)} others"


def told(one: Instruction) -> str:
    """An instruction in one line of at most 50 characters, between backquotes."""
    text = " ".join(one.text.split())
    return f"`{text if len(text) <= 50 else text[:49] + '…'}`"
