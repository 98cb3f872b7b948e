"""A RUN as the parts of its chain, and the edit that makes two of it."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Command, changes_shell, is_repeatable, links, places
from ..analyzer.source import Edit, Span


class Part(NamedTuple):
    """One part of a chain: where it stands in the file, and its commands."""

    span: Span
    text: str
    commands: tuple[Command, ...]
    before: tuple[Part, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether what follows may see that it ran, by the state of the shell."""
        return any(changes_shell(one) for one in self.commands)

    @property
    def is_state(self) -> bool:
        """Whether it does nothing but change the state of the shell."""
        return bool(self.commands) and all(changes_shell(one) for one in self.commands)

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be said again in another shell with the same effect."""
        return all(is_repeatable(one) for one in self.commands)


def parts(instruction: Instruction, commands: tuple[Command, ...], source: str, escape: str) -> tuple[Part, ...]:
    """The parts of a RUN; one where it is no flat chain of `&&`."""
    body = instruction.body
    assert isinstance(body, Run)
    whole = (Part(body.command.span, "", commands),)
    if body.argv is not None or instruction.heredocs:
        return whole
    offsets = links(body.command.text)
    if offsets is None or len(offsets) < 2:
        return whole
    place = places(body.command, source, escape)
    found: list[Part] = []
    for start, end in offsets:
        span = place(start, end)
        own = tuple(one for one in commands if span.start <= one.span.start < span.end)
        found.append(Part(span, body.command.text[start:end], own, tuple(found)))
    if sum(len(part.commands) for part in found) != len(commands):
        return whole
    return tuple(found)


def split(instruction: Instruction, tail: tuple[Part, ...], between: str, source: str, newline: str) -> Edit:
    """The edit that ends a RUN before the tail of its chain, and puts lines and a RUN of the tail behind it.

    What changes the shell before is said again in the second RUN. Comments above the tail stay above it.
    """
    body = instruction.body
    assert isinstance(body, Run) and tail and tail[0].before
    gap = Span(tail[0].before[-1].span.end, tail[0].span.start)
    comments = [row.strip() for row in source[gap.start : gap.end].split("\n") if row.strip().startswith("#")]
    row = source.rfind("\n", 0, instruction.span.start) + 1
    indent = source[row : instruction.span.start] if not source[row : instruction.span.start].strip() else ""
    head = source[instruction.span.start : body.command.span.start]
    again = "".join(f"{part.text} && " for part in tail[0].before if part.changes)
    said = "".join(f"{indent}{comment}{newline}" for comment in comments)
    return Edit(gap, f"{newline}{between}{said}{indent}{head}{again}")
