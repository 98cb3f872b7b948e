"""The variables that are set where an instruction stands."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Arg, Env, From, Instruction
from .facts import Facts


def environment(instruction: Instruction, see: Facts) -> dict[str, str | None]:
    """What ARG and ENV say before an instruction, in its stage and those that it is based on, quotes taken off.

    The value of an ARG without a default is None.
    """
    stages = see.dockerfile.stages
    at, end = instruction.stage, instruction.index
    found: dict[str, str | None] = {}
    while True:
        for one in reversed(stages[at].instructions[:end]):
            if isinstance(one.body, Env) or (isinstance(one.body, Arg) and at == instruction.stage):
                for pair in one.body.pairs:
                    found.setdefault(pair.key, None if pair.value is None else pair.value.strip("\"'"))
        base = stages[at].instructions[0].body
        name = base.image.text.lower() if isinstance(base, From) else ""
        parent = next((one.index for one in reversed(stages[:at]) if one.name == name), None)
        if parent is None:
            return found
        at, end = parent, len(stages[parent].instructions)
