"""Whether two instructions of a build may change places: surely, or where packages keep to what they are known for."""

from __future__ import annotations

from collections.abc import Iterable

from ..analyzer.dockerfile.syntax import Arg, Copy, Env, Instruction, Run
from ..analyzer.effects import Effects, commute, covers, stage_effects
from ..analyzer.graph import CopyOp
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Command, Opaque, is_common
from ..analyzer.shell.effects import PROGRAMS, SYSTEM
from ..rules.copies import broad_sources
from ..rules.facts import Facts
from ..rules.reading import reading

_ACCOUNTS = frozenset({"/etc/passwd", "/etc/group"})
# Directories that packages of distributions fill, wherever below the top of the file system they lie.
_OF_PACKAGES = frozenset(
    "bin sbin lib lib32 lib64 libexec include share www html conf.d init.d cache log spool run tmp dpkg apt ssl".split()
)

ELSEWHERE = "no program that is run is among what is copied, and packages put nothing where that goes"
"""What is presumed of a copy and a RUN that change places."""


class Standing(NamedTuple):
    """An instruction and what it reads and writes. `place` is the directory of its own to which a COPY or ADD brings
    the source of a project, or something into it; "" for all others. `words` are those of a RUN's commands.
    """

    instruction: Instruction
    effects: Effects | Opaque
    place: str = ""
    words: frozenset[str] = frozenset()


def standings(see: Facts, stage: int) -> tuple[Standing, ...]:
    """The instructions of a stage, FROM first; empty where there is no graph."""
    if see.graph is None:
        return ()
    instructions = see.dockerfile.stages[stage].instructions
    effects = stage_effects(see.graph, stage, see.commands)
    if len(effects) != len(instructions):
        return ()
    copied: dict[int, str] = {}
    places: list[str] = []
    for step in see.graph.steps:
        if step.stage == step.instruction.stage == stage and isinstance(step.op, CopyOp):
            copied[step.instruction.index] = "/" + step.op.dest.strip("/")
            if broad_sources(step, see.context):
                places.append(copied[step.instruction.index])
    found: list[Standing] = []
    for one, done in zip(instructions, effects, strict=True):
        dest = copied.get(one.index, "")
        inside = _is_own(dest) and any(covers(place, dest) for place in places)
        read = see.commands(one) if isinstance(one.body, Run) else ()
        words = frozenset[str]() if isinstance(read, Opaque) else words_of(read)
        found.append(Standing(one, done, dest if inside else "", words))
    return tuple(found)


def words_of(commands: Iterable[Command]) -> frozenset[str]:
    """All words of some commands."""
    return frozenset(word.text for command in commands for word in command.words)


def may_pass(one: Standing, other: Standing, see: Facts, *, presume: bool) -> bool:
    """Whether two neighbours may change places; with `presume`, where the programs of packages read and write only
    what they are known for, and put nothing into the directory of a project.
    """
    if commute(one.effects, other.effects, presume=presume):
        return True
    if not presume:
        return False
    return _is_unread(one.instruction, other.instruction, see) or _is_elsewhere(one, other)


def _is_unread(one: Instruction, other: Instruction, see: Facts) -> bool:
    """Whether one only sets variables that the other, a RUN, does not name, and runs nothing that could read them."""
    if isinstance(other.body, Arg | Env):
        one, other = other, one
    if not isinstance(one.body, Arg | Env) or not isinstance(other.body, Run):
        return False
    return all(not is_common(pair.key) and reading(other, pair.key, see) == "no" for pair in one.body.pairs)


def _is_own(dest: str) -> bool:
    """Whether a directory may be a project's own: neither one of the system's, nor one that packages fill."""
    parts = dest.strip("/").split("/")
    return len(parts) > 1 and _OF_PACKAGES.isdisjoint(parts[1:])


def _is_elsewhere(one: Standing, other: Standing) -> bool:
    """Whether one copies to the directory of a project, and the other is a RUN that meets it only where the whole
    system lies, as `/usr` does for `/usr/src/app`.
    """
    if isinstance(other.instruction.body, Copy):
        one, other = other, one
    if not one.place or not isinstance(other.instruction.body, Run):
        return False
    copy, run = one.effects, other.effects
    if isinstance(copy, Opaque) or isinstance(run, Opaque) or not copy.reads.isdisjoint(_ACCOUNTS):
        return False
    if not other.words.isdisjoint(one.place.strip("/").split("/")):
        return False  # a package may be called as the directory is
    whole = (SYSTEM | PROGRAMS) - {word.rstrip("/*") for word in other.words}
    return commute(copy, run._replace(reads=run.reads - whole, writes=run.writes - whole), presume=True)
