"""Which instructions read a variable: by naming it, or perhaps by running a program that looks at its environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.dockerfile import names
from ..analyzer.dockerfile.syntax import Arg, Env, Instruction, Onbuild, Run, Stage
from ..analyzer.graph import BuildGraph
from ..analyzer.shell import Opaque, harmless, run_text
from ..analyzer.typing import Literal
from .facts import Facts

Reading = Literal["yes", "perhaps", "no"]


def reading(instruction: Instruction, name: str, see: Facts) -> Reading:
    """Whether an instruction reads the variable; `perhaps` where it runs a program that might look at it."""
    body = instruction.body
    if isinstance(body, Onbuild):
        return reading(body.trigger, name, see)
    if isinstance(body, Run):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", instruction.text + run_text(instruction)):
            return "yes"
        read = see.commands(instruction)
        if isinstance(read, Opaque):
            return "perhaps"
        known = [
            install.command for install in see.installs(instruction) if not install.local and install.sure == "high"
        ]
        return "no" if all(harmless(command) or command in known for command in read) else "perhaps"
    if name in names(instruction.text, see.dockerfile.escape):
        return "yes"
    bodies = "".join(heredoc.content for heredoc in instruction.heredocs if heredoc.expand)
    return "yes" if name in names(bodies, see.dockerfile.escape) else "no"


def children(graph: BuildGraph, see: Facts, stage: int) -> tuple[Stage, ...]:
    """The stages that are based on a stage, and those based on them, in the order of the file."""
    below = {stage}
    for info in graph.stages:
        if info.base in below and isinstance(info.base, int):
            below.add(info.number)
    return tuple(one for one in see.dockerfile.stages if one.index in below and one.index != stage)


def behind(graph: BuildGraph, see: Facts, declared: Instruction) -> Iterator[Instruction]:
    """The instructions for which a declaration is in effect: later ones of its stage, then those of its children."""
    yield from see.dockerfile.stages[declared.stage].instructions[declared.index + 1 :]
    for stage in children(graph, see, declared.stage):
        yield from stage.instructions[1:]


def declarations(see: Facts) -> Iterator[tuple[Instruction, Arg]]:
    """Every ARG inside a stage."""
    for stage in see.dockerfile.stages:
        for instruction in stage.instructions:
            if isinstance(instruction.body, Arg):
                yield instruction, instruction.body


def carried(instructions: tuple[Instruction, ...], name: str, see: Facts) -> frozenset[str]:
    """The variable and those that ENV and ARG instructions make of it."""
    known = {name}
    for instruction in instructions:
        if isinstance(instruction.body, Env | Arg):
            for pair in instruction.body.pairs:
                if pair.value and known & set(names(pair.value, see.dockerfile.escape)):
                    known.add(pair.key)
    return frozenset(known)
