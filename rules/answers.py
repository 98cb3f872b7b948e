"""Whether somebody answers what a command in a build asks."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.shell import Command, Opaque
from .facts import Facts


def answered(command: Command, instruction: Instruction, see: Facts) -> bool:
    """Whether `yes` or `echo` is piped into a command."""
    read = see.commands(instruction)
    return (
        bool(command.pipeline)
        and not isinstance(read, Opaque)
        and any(one.pipeline == command.pipeline and one.program in ("yes", "echo", "printf") for one in read)
    )
