"""Shell text to simple commands, read by the grammar of bash. A text with a fault is `Opaque`: nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable

from ..named_tuple import NamedTuple
from ..source import Span


class ShellWord(NamedTuple):
    """A word with its quotes removed; `fixed` is False where the shell would still replace something in it.

    `span` is where it stands, quotes included.
    """

    text: str
    fixed: bool = True
    span: Span = Span(0, 0)


class Redirect(NamedTuple):
    """A redirection: its operator, `>`, `2>&1` without the target, `<<EOF` …, and what it leads to."""

    operator: str
    target: ShellWord


class Command(NamedTuple):
    """A simple command: its words without assignments and redirections; none for assignments that stand alone, and for
    the redirections of a block.

    `span` is where it stands in the text that was read. `certain` is False inside a condition, a loop, a function and
    after `||`: it may not run. `subshell` names the parentheses and substitutions around it, outermost first: `cd` does
    not leave them. `nested` is True where its output becomes part of another command, `function` the function that it
    is the body of. Commands of one pipeline have the same number in `pipeline`; 0 is none. `wrappers` are the words
    that were taken off: sudo and the like.
    """

    words: tuple[ShellWord, ...]
    assignments: tuple[ShellWord, ...]
    span: Span
    certain: bool = True
    subshell: tuple[int, ...] = ()
    pipeline: int = 0
    nested: bool = False
    background: bool = False
    function: str = ""
    redirects: tuple[Redirect, ...] = ()
    wrappers: tuple[ShellWord, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program without its folder; "" where it is not fixed."""
        if not self.words:
            return ""
        first = self.words[0]
        name = first.text.rpartition("/")[2]
        return name if first.fixed or (name and "$" not in name and "`" not in name) else ""

    @property
    def direct(self) -> bool:
        """Whether its program is called by its bare name, by no other program: what simple linters see."""
        return not self.wrappers and -1 not in self.subshell and self.words[0].text == self.program


class Opaque(NamedTuple):
    """Text that was not read, and why."""

    why: str
    at: int = 0


def commands(text: str, place: Callable[[int, int], Span] = Span) -> tuple[Command, ...] | Opaque:
    """The simple commands of a text in the order in which they begin, or why they cannot be told.

    `place` gives the span of what stands from one offset of the text to another.
    """
    if not text.strip():
        return ()
    from .reader import Unread, read  # the grammar is loaded for files with a RUN only

    try:
        return read(text, place)
    except Unread as why:
        return Opaque(str(why))
