"""A RUN as a script for a program that reads shell, and the way back from its lines to the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from ..dockerfile.syntax import Instruction, Run
from ..named_tuple import NamedTuple
from ..source import Span
from .runs import places

# How a program that reads shell calls the language of a shell.
_DIALECTS = {"sh": "sh", "bash": "bash", "dash": "dash", "ash": "busybox", "busybox": "busybox", "ksh": "ksh"}


class Script(NamedTuple):
    """The text of a RUN, the dialect that it is written in, and what gives the span in the file of a range of it."""

    text: str
    dialect: str
    place: Callable[[int, int], Span]

    def span(self, start: tuple[int, int], end: tuple[int, int]) -> Span:
        """The span in the file between two places given as line and column, both from 1."""
        lines = self.text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        first, last = (
            min(starts[min(line, len(lines)) - 1] + column - 1, len(self.text)) for line, column in (start, end)
        )
        return self.place(first, max(last, first + 1) if first < len(self.text) else first)


def dialect_of(shell: tuple[str, ...]) -> str | None:
    """The dialect of what SHELL says, or a first line: `/usr/bin/env bash`; None for what is no such shell."""
    for word in shell:
        name = word.rpartition("/")[2].removesuffix(".exe")
        if name in _DIALECTS:
            return _DIALECTS[name]
        if name != "env" and not word.startswith("-"):
            return None
    return None


def script(instruction: Instruction, source: str, escape: str, dialect: str | None) -> Script | None:
    """The script of a RUN in the shell form; None where nothing of it is shell.

    `dialect` is that of its SHELL; a heredoc alone in a RUN may begin with the name of another.
    """
    body = instruction.body
    if not isinstance(body, Run) or body.argv is not None:
        return None
    line, heredocs = body.command.text, instruction.heredocs
    if line.startswith("<<") and len(line.split()) == 1 and heredocs:
        content, begin, whole = heredocs[0].content, heredocs[0].span.start, heredocs[0].span
        if content.startswith("#!"):
            dialect = dialect_of(tuple(content.partition("\n")[0].removeprefix("#!").split()))
        if dialect is None:
            return None
        chomped = heredocs[0].chomp

        def inside(start: int, end: int) -> Span:
            return whole if chomped else Span(begin + start, begin + end)

        return Script(content, dialect, inside)
    if dialect is None:
        return None
    first = places(body.command, source, escape)
    if not heredocs:
        return Script(line, dialect, first)
    texts, starts = [line], [0]
    for heredoc in heredocs:
        starts.append(starts[-1] + len(texts[-1]) + 1)
        end = "" if heredoc.content.endswith("\n") or not heredoc.content else "\n"
        texts.append(f"{heredoc.content}{end}{heredoc.name}")

    def place(start: int, end: int) -> Span:
        part = bisect_right(starts, start) - 1
        if not part:
            return first(start, min(end, len(line)))
        span, chomp = heredocs[part - 1].span, heredocs[part - 1].chomp
        start, end = start - starts[part], end - starts[part]
        return span if chomp else Span(min(span.start + start, span.end), min(span.start + end, span.end))

    return Script("\n".join(texts), dialect, place)
