"""Whether somebody answers what a command in a build asks."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.shell import Command, Opaque, named, switches
from .facts import Facts
from .rule import Diagnostic


def answered(command: Command, instruction: Instruction, see: Facts) -> bool:
    """Whether `yes` or `echo` is piped into a command."""
    read = see.commands(instruction)
    return (
        bool(command.pipeline)
        and not isinstance(read, Opaque)
        and any(one.pipeline == command.pipeline and one.program in ("yes", "echo", "printf") for one in read)
    )


def asked(
    command: Command,
    verbs: frozenset[str],
    answers: tuple[str, ...],
    valued: frozenset[str],
    run: Instruction,
    see: Facts,
) -> Iterator[Diagnostic]:
    """The finding about a call of a package manager that asks, with one of these verbs and none of these answers.

    The first answer is the one that is proposed; `valued` are the options that take a value.
    """
    words = named(command, valued)
    if not words or words[0].text not in verbs or switches(command) & frozenset(answers):
        return
    if answered(command, run, see):
        return
    yield Diagnostic(
        primary=command.span,
        message=f"`{command.program} {words[0].text}` asks for a confirmation",
        cost="the build has nobody to answer: the step fails as soon as there is something to ask",
        cure=f"add `{answers[0]}`",
        aliases=None if command.direct else (),
    )
