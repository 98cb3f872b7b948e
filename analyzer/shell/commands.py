"""Shell text to simple commands. What is not plainly a list of commands is `Opaque`: nothing is guessed.

The interface is `commands` and three values, so that a grammar can take the place of this reader.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..source import Span


class ShellWord(NamedTuple):
    """A word with its quotes removed; `fixed` is False where the shell would still replace something in it."""

    text: str
    fixed: bool = True


class Command(NamedTuple):
    """A simple command: its words without assignments and redirections.

    `span` is where it stands in the text that was read. `certain` is False inside a condition or a loop and after
    `||`: it may not run. `subshell` names the parentheses around it, outermost first: `cd` does not leave them.
    """

    words: tuple[ShellWord, ...]
    assignments: tuple[ShellWord, ...]
    span: Span
    certain: bool = True
    subshell: tuple[int, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program without its folder; "" where it is not fixed."""
        if not self.words:
            return ""
        first = self.words[0]
        name = first.text.rpartition("/")[2]
        return name if first.fixed or (name and "$" not in name and "`" not in name) else ""


class Opaque(NamedTuple):
    """Text that was not read, and why."""

    why: str
    at: int


class _Unread(Exception):
    pass


_PLAIN = re.compile(r"[^\s'\"\\$`;&|<>()#]+")
_SPACE = re.compile(r"[ \t\r]+")
_IN_DOUBLE = re.compile(r"[^\"\\$`]+")
_NAME = re.compile(r"\w+|[@*#?$!-]")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_HEREDOC = re.compile(r"<<(-?)[ \t]*(['\"]?)([\w.-]+)\2")
_REDIRECTION = re.compile(r"&>>?|<>|<<<|>>|>\||[<>]&?")
_TEST = re.compile(r"\[\[\s.*?\s\]\]", re.DOTALL)

_OPENS = frozenset({"if", "while", "until"})
_INSIDE = frozenset({"then", "elif", "else", "do", "!", "{", "time"})
_CLOSES = frozenset({"fi", "done"})
_UNREAD = frozenset({"case", "esac", "select", "function", "coproc"})


def commands(text: str) -> tuple[Command, ...] | Opaque:
    """The simple commands of a text in the order in which they stand, or why they cannot be told."""
    reader = _Reader(text)
    try:
        reader.read()
    except _Unread as why:
        return Opaque(str(why), reader.at)
    return tuple(reader.found)


class _Reader:
    """One reading of one text, character class by character class, without recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: list[Command] = []
        self.words: list[ShellWord] = []
        self.assignments: list[ShellWord] = []
        self.start = self.end = 0
        self.depth = 0
        self.joint = ""
        self.parens: list[int] = []
        self.opened = 0
        self.parts: list[str] | None = None
        self.fixed = self.bare = True
        self.to_file = False
        self.heredocs: list[tuple[str, bool]] = []

    def read(self) -> None:
        text = self.text
        while self.at < len(text):
            if self.parts is None and not self.words and text.startswith("[[", self.at):
                self.skip_test()
                continue
            plain = _PLAIN.match(text, self.at)
            if plain is not None:
                self.add(plain[0])
                self.at = plain.end()
                continue
            space = _SPACE.match(text, self.at)
            if space is not None:
                self.end_word()
                self.at = max(self.at, space.end())
                continue
            self.special(text[self.at])
        self.end_command("")
        if self.depth or self.parens:
            raise _Unread("a condition, loop or parenthesis is not closed")

    def special(self, char: str) -> None:
        text = self.text
        if char == "\n":
            self.end_command("\n")
            self.at += 1
            self.skip_heredocs()
        elif char == "#" and self.parts is None:
            end = text.find("\n", self.at)
            self.at = len(text) if end < 0 else end
        elif char == "\\":
            follower = text[self.at + 1 : self.at + 2]
            if follower == "\r" and text[self.at + 2 : self.at + 3] == "\n":
                self.at += 3
            elif follower == "\n":
                self.at += 2
            else:
                self.add(follower, bare=False)
                self.at += 2
        elif char == "'":
            end = text.find("'", self.at + 1)
            if end < 0:
                raise _Unread("a quote is not closed")
            self.add(text[self.at + 1 : end], bare=False)
            self.at = end + 1
        elif char == '"':
            self.double_quoted()
        elif char in "$`":
            end = self.past_expansion(self.at)
            self.add(text[self.at : end], fixed=end - self.at == 1)
            self.at = end
        elif char in "<>" or text.startswith("&>", self.at):
            self.redirection()
        elif char in ";&|":
            self.operator(char)
        elif char == "(":
            self.open_paren()
        elif char == ")":
            if not self.parens:
                raise _Unread("a parenthesis closes nothing")
            self.end_command(")")
            self.parens.pop()
            self.at += 1
        else:
            self.add(char)
            self.at += 1

    # Words -------------------------------------------------------------------------------------------------

    def add(self, piece: str, *, fixed: bool = True, bare: bool = True) -> None:
        if self.parts is None:
            self.parts, self.fixed, self.bare = [], True, True
            if not self.words and not self.assignments:
                self.start = self.at
        self.parts.append(piece)
        self.fixed = self.fixed and fixed
        self.bare = self.bare and bare

    def end_word(self) -> None:
        if self.parts is None:
            return
        word = ShellWord("".join(self.parts), self.fixed)
        bare, self.parts = self.bare, None
        if self.to_file:
            self.to_file = False
            self.end = self.at
            return
        if not self.words:
            if bare and word.fixed and not self.assignments and self.keyword(word.text):
                return
            if _ASSIGNMENT.match(word.text):
                self.assignments.append(word)
                self.end = self.at
                return
        self.words.append(word)
        self.end = self.at

    def keyword(self, text: str) -> bool:
        """Whether a word at the head of a command is the shell's own."""
        if text in _UNREAD:
            raise _Unread(f"`{text}`")
        if text in _OPENS:
            self.depth += 1
        elif text in _CLOSES:
            self.depth -= 1
        elif text == "for":
            self.depth += 1
            self.skip_list()
        elif text not in _INSIDE and text != "}":
            return False
        return True

    def skip_list(self) -> None:
        """Go behind `NAME in WORD …`, the head of a `for`."""
        match = re.compile(r"[^;\n]*").match(self.text, self.at)
        if match is None or "$(" in match[0] or "`" in match[0] or "'" in match[0] or '"' in match[0]:
            raise _Unread("`for` over what a command prints")
        self.at = match.end()

    def skip_test(self) -> None:
        match = _TEST.match(self.text, self.at)
        if match is None:
            raise _Unread("`[[` is not closed")
        self.add("[[")
        self.at = match.end()
        self.end_word()

    def double_quoted(self) -> None:
        text = self.text
        at = self.at + 1
        parts: list[str] = []
        fixed = True
        while True:
            plain = _IN_DOUBLE.match(text, at)
            if plain is not None:
                parts.append(plain[0])
                at = plain.end()
            if at >= len(text):
                raise _Unread("a quote is not closed")
            char = text[at]
            if char == '"':
                break
            if char == "\\":
                follower = text[at + 1 : at + 2]
                parts.append(follower if follower in '"\\$`' else "" if follower == "\n" else char + follower)
                at += 2
                continue
            end = self.past_expansion(at)
            fixed = fixed and end - at == 1
            parts.append(text[at:end])
            at = end
        self.add("".join(parts), fixed=fixed, bare=False)
        self.at = at + 1

    def past_expansion(self, at: int) -> int:
        """Where the expansion ends that begins with the `$` or backquote at `at`."""
        text = self.text
        if text[at] == "`":
            end = at + 1
            while (end := text.find("`", end)) > 0 and text[end - 1] == "\\":
                end += 1
            if end < 0:
                raise _Unread("a backquote is not closed")
            return end + 1
        if text.startswith(("$(", "${"), at):
            return self.past_closing(at + 1, ")" if text[at + 1] == "(" else "}")
        name = _NAME.match(text, at + 1)
        return at + 1 if name is None else name.end()

    def past_closing(self, at: int, closing: str) -> int:
        text, opening = self.text, self.text[at]
        depth = 0
        while at < len(text):
            char = text[at]
            if char == "\\":
                at += 1
            elif char == "'" and closing == ")":
                at = text.find("'", at + 1)
                if at < 0:
                    break
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if not depth:
                    return at + 1
            at += 1
        raise _Unread(f"`${opening}` is not closed")

    # Commands ----------------------------------------------------------------------------------------------

    def operator(self, char: str) -> None:
        text = self.text
        if text.startswith(";;", self.at):
            raise _Unread("`;;`")
        double = char != ";" and text.startswith(char * 2, self.at)
        self.end_command(char * 2 if double else char)
        self.at += 2 if double or text.startswith("|&", self.at) else 1

    def end_command(self, joint: str) -> None:
        self.end_word()
        if self.words or self.assignments:
            self.found.append(
                Command(
                    tuple(self.words),
                    tuple(self.assignments),
                    Span(self.start, self.end),
                    self.depth == 0 and self.joint != "||",
                    tuple(self.parens),
                )
            )
            self.words, self.assignments = [], []
            self.joint = joint
        self.to_file = False

    def open_paren(self) -> None:
        if self.parts is not None or self.words:
            raise _Unread("a function or an array")
        self.opened += 1
        self.parens.append(self.opened)
        self.at += 1

    # Redirections ------------------------------------------------------------------------------------------

    def redirection(self) -> None:
        text = self.text
        if self.parts is not None and self.bare and "".join(self.parts).isdecimal():
            self.parts = None  # the number of a file descriptor
        self.end_word()
        heredoc = _HEREDOC.match(text, self.at)
        if heredoc is not None and not text.startswith("<<<", self.at):
            self.heredocs.append((heredoc[3], bool(heredoc[1])))
            self.at = self.end = heredoc.end()
            return
        if text.startswith(("<(", ">("), self.at):
            end = self.past_closing(self.at + 1, ")")
            self.add(text[self.at : end], fixed=False)
            self.at = end
            return
        match = _REDIRECTION.match(text, self.at)
        assert match is not None
        self.at = match.end()
        self.to_file = True

    def skip_heredocs(self) -> None:
        """Go behind the bodies of the heredocs that the line before opened."""
        for name, chomp in self.heredocs:
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                row = self.text[self.at : end].rstrip("\r")
                self.at = min(end + 1, len(self.text))
                if (row.lstrip("\t") if chomp else row) == name:
                    break
        self.heredocs = []
