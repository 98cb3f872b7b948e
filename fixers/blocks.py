"""Edits of whole instructions: a block is an instruction, the comments directly above it, and the end of its line."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Copy, Dockerfile, Instruction, Onbuild, Run
from ..analyzer.source import Edit, Span


def instruction_at(dockerfile: Dockerfile, span: Span) -> Instruction | None:
    """The instruction that a place in the file belongs to, None where it is none's."""
    for instruction in instructions(dockerfile):
        if instruction.span.start <= span.start < max(instruction.span.end, instruction.span.start + 1):
            return instruction
    return None


def instructions(dockerfile: Dockerfile) -> tuple[Instruction, ...]:
    """All instructions, in the order of the file."""
    return (*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions))


def block(dockerfile: Dockerfile, instruction: Instruction) -> Span:
    """The rows of an instruction: from the first comment directly above it to the line feed behind it.

    Comments that a blank line parts from it, and parser directives, are not its own.
    """
    text = dockerfile.source.text
    start = _row(text, instruction.span.start)
    least = max((_below(text, one.span.end) for one in dockerfile.directives), default=0)
    while start > least:
        above = _row(text, start - 1)
        if above < least or not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return Span(start, _below(text, instruction.span.end))


def insert_above(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """The edit that puts whole lines, each with its line feed, above an instruction and its comments."""
    start = block(dockerfile, instruction).start
    return Edit(Span(start, start), text)


def insert_below(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """The edit that puts whole lines, each with its line feed, below an instruction."""
    end = block(dockerfile, instruction).end
    return Edit(Span(end, end), _ended(dockerfile, end) + text)


def remove(dockerfile: Dockerfile, instruction: Instruction) -> Edit:
    """The edit that takes an instruction and its comments out; of the blank lines around it, one side's go too."""
    start, end = block(dockerfile, instruction)
    text = dockerfile.source.text
    if _is_blank_above(text, start):
        while end < len(text) and not text[end : _below(text, end)].strip():
            end = _below(text, end)
    return Edit(Span(start, end), "")


def move_above(dockerfile: Dockerfile, instruction: Instruction, other: Instruction) -> tuple[Edit, Edit]:
    """The edits that move an instruction with its comments above another one."""
    return remove(dockerfile, instruction), insert_above(dockerfile, other, lines(dockerfile, instruction))


def move_below(dockerfile: Dockerfile, instruction: Instruction, other: Instruction) -> tuple[Edit, Edit]:
    """The edits that move an instruction with its comments below another one."""
    return remove(dockerfile, instruction), insert_below(dockerfile, other, lines(dockerfile, instruction))


def lines(dockerfile: Dockerfile, instruction: Instruction) -> str:
    """The rows of an instruction's block, the last with its line feed."""
    start, end = block(dockerfile, instruction)
    return dockerfile.source.text[start:end] + _ended(dockerfile, end)


def is_parted(dockerfile: Dockerfile, instruction: Instruction) -> bool:
    """Whether a blank line stands above an instruction and its comments."""
    rows = dockerfile.source.text[: block(dockerfile, instruction).start].splitlines()
    return bool(rows) and not rows[-1].strip()


def names_by_number(dockerfile: Dockerfile) -> bool:
    """Whether an instruction names a stage by its number, which another stage above it would change."""
    for one in instructions(dockerfile):
        body = one.body.trigger.body if isinstance(one.body, Onbuild) else one.body
        names = [body.from_] if isinstance(body, Copy) else []
        names += [mount.from_ for mount in body.mounts] if isinstance(body, Run) else []
        if any((name or "").strip("\"'").isdecimal() for name in names):
            return True
    return False


def _ended(dockerfile: Dockerfile, end: int) -> str:
    """The line feed that is missing where a file does not end in one."""
    text = dockerfile.source.text
    return dockerfile.source.newline if end == len(text) and not text.endswith("\n") else ""


def _row(text: str, offset: int) -> int:
    """Where the row begins that an offset is in."""
    return text.rfind("\n", 0, offset) + 1


def _below(text: str, offset: int) -> int:
    """Where the next row begins."""
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def _is_blank_above(text: str, start: int) -> bool:
    return start > 0 and not text[_row(text, start - 1) : start].strip()
