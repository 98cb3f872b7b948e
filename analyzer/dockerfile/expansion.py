"""The engine's word expansion: quotes, escapes and variables (shell/lex.go), without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ..named_tuple import NamedTuple
from ..source import BOM
from .lines import SPACES
from .patterns import PatternError, replaced, reversed_text, without_prefix, without_suffix
from .wording import quoted

Lookup = Callable[[str], str | None]

END = "\ufffd"
"""How the engine prints the end of the text where it wanted a character."""
DEEPEST = 250
"""How many substitutions may stand in one another: more would take quadratic time."""

_SPECIAL_NAMES = "@*#?-$!"
_REFERENCE = r"\$(?:\$|\{?[#!]?([^\W\d]\w*))"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Most runs need few of the patterns below: compiling all of them would double the time of the import.
    return re.compile(pattern)


@cache
def _plain(escape: str, stop: str) -> re.Pattern[str]:
    return re.compile(rf"[^$\"{re.escape(escape)}]+" if stop == '"' else rf"[^$'\"<{stop}{re.escape(escape)}]+")


@cache
def _active(escape: str) -> re.Pattern[str]:
    return re.compile(rf"[$'\"{re.escape(escape)}]")


class ExpansionError(ValueError):
    """The engine's words about a text that it cannot expand."""


class Mode(NamedTuple):
    """What stays in the result: quotes, escapes, quotes as ordinary characters, variables without a value."""

    raw_quotes: bool = False
    raw_escapes: bool = False
    skip_quotes: bool = False
    keep_unset: bool = False


class _Frame:
    """A text being read up to `stop`: the whole, a double-quoted part, or the word of a `${name…word}`."""

    __slots__ = ("modifier", "name", "out", "pattern", "raw", "stop")

    def __init__(self, stop: str, raw: bool, name: str = "", modifier: str = "", pattern: str = "") -> None:
        self.stop = stop
        self.raw = raw
        self.out: list[str] = []
        self.name = name
        self.modifier = modifier
        self.pattern = pattern


class _Words:
    """The words so far, and the one being read (wordsStruct of shell/lex.go)."""

    __slots__ = ("current", "done", "inside")

    def __init__(self) -> None:
        self.done: list[str] = []
        self.current: list[str] = []
        self.inside = False

    def add_whole(self, text: str) -> None:
        if text:
            self.current.append(text)
        self.inside = True

    def add_split(self, text: str) -> None:
        at = 0
        for space in _compiled(f"[{SPACES}]+").finditer(text):
            if space.start() > at:
                self.add_whole(text[at : space.start()])
            if self.inside and self.current:
                self.end()
            at = space.end()
        if at < len(text):
            self.add_whole(text[at:])

    def end(self) -> None:
        if self.current:
            self.done.append("".join(self.current))
            self.current.clear()
            self.inside = False


class _Failure(Exception):
    pass


class Lexer:
    """One reading of one text."""

    __slots__ = ("at", "escape", "frames", "lookup", "mode", "text", "words")

    def __init__(self, text: str, lookup: Lookup, escape: str, mode: Mode) -> None:
        self.text = text
        self.lookup = lookup
        self.escape = escape
        self.mode = mode
        self.at = 1 if text.startswith(BOM) else 0  # Go's text/scanner skips one at the start
        self.frames = [_Frame("", mode.raw_escapes)]
        self.words = _Words()

    def read(self) -> str:
        """The expanded text; ExpansionError in the engine's words."""
        try:
            while self.at < len(self.text):
                if self.frames[-1].stop == '"':
                    self._quoted_step()
                else:
                    self._word_step()
            if len(self.frames) > 1:
                kind = "double-quote" if self.frames[-1].stop == '"' else self.frames[-1].stop
                raise _Failure(f"unexpected end of statement while looking for matching {kind}")
        except _Failure as failure:
            raise ExpansionError(f"failed to process {quoted(self.text)}: {self._explained(str(failure))}") from None
        self.words.end()
        return "".join(self.frames[0].out)

    def _explained(self, message: str) -> str:
        # An error met at the end of the text is taken for a missing delimiter by every `${` around it.
        if self.at >= len(self.text):
            for frame in reversed(self.frames):
                if frame.stop == "}":
                    message = "syntax error: missing '}'"
                elif frame.stop == "/":
                    message = "syntax error: missing '/' in ${}"
        return message

    def _put(self, text: str, splits: bool) -> None:
        frame = self.frames[-1]
        frame.out.append(text)
        if len(self.frames) == 1:
            if splits:
                self.words.add_split(text)
            else:
                self.words.add_whole(text)

    def _word_step(self) -> None:
        frame = self.frames[-1]
        plain = _plain(self.escape, frame.stop).match(self.text, self.at)
        if plain is not None:
            self.at = plain.end()
            self._put(plain[0], True)
            return
        char = self.text[self.at]
        self.at += 1
        if char == frame.stop:
            self._close(self.frames.pop())
        elif char == "$":
            self._dollar()
        elif char == "<":
            self._angle()
        elif char == "'" and not self.mode.skip_quotes:
            self._single_quoted()
        elif char == '"' and not self.mode.skip_quotes:
            self.frames.append(_Frame('"', frame.raw))
            if self.mode.raw_quotes:
                self.frames[-1].out.append('"')
        elif char == self.escape:
            follower = self.text[self.at : self.at + 1]
            self.at += len(follower)
            text = (char if frame.raw else "") + follower
            if text:
                self._put(text, False)
        else:
            self._put(char, True)

    def _quoted_step(self) -> None:
        frame = self.frames[-1]
        plain = _plain(self.escape, frame.stop).match(self.text, self.at)
        if plain is not None:
            self.at = plain.end()
            frame.out.append(plain[0])
            return
        char = self.text[self.at]
        self.at += 1
        if char == '"':
            if self.mode.raw_quotes:
                frame.out.append('"')
            self.frames.pop()
            self._put("".join(frame.out), False)
        elif char == "$":
            self._dollar()
        else:
            if frame.raw:
                frame.out.append(char)
            follower = self.text[self.at : self.at + 1]
            if follower in ('"', "$", self.escape) and follower:
                self.at += 1
                frame.out.append(follower)
            elif follower:
                frame.out.append(char)

    def _single_quoted(self) -> None:
        end = self.text.find("'", self.at)
        if end < 0:
            self.at = len(self.text)
            raise _Failure("unexpected end of statement while looking for matching single-quote")
        inner = self.text[self.at : end]
        self.at = end + 1
        self._put(f"'{inner}'" if self.mode.raw_quotes else inner, False)

    def _angle(self) -> None:
        start = self.at - 1
        if self.text.startswith("<", self.at):
            self.at += 1
            while self.text[self.at : self.at + 1] in ("\t", "\r", " "):
                self.at += 1
        self._put(self.text[start : self.at], False)

    def _read_name(self) -> str:
        text, at = self.text, self.at
        if at < len(text) and text[at] in _SPECIAL_NAMES:
            self.at += 1
            return text[at]
        match = _compiled(r"\d+").match(text, at) or _compiled(r"\w+").match(text, at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _next(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += len(char)
        return char or END

    def _dollar(self) -> None:
        text = self.text
        if not text.startswith("{", self.at):
            name = self._read_name()
            if not name:
                self._put_value("$")
                return
            value = self.lookup(name)
            self._put_value("$" + name if value is None and self.mode.keep_unset else value or "")
            return
        self.at += 1
        if self.at == len(text):
            raise _Failure("syntax error: missing '}'")
        if text[self.at] in "{}:":
            raise _Failure("syntax error: bad substitution")
        name = self._read_name()
        at_end = self.at == len(text)
        modifier = self._next()
        if modifier == "}":
            value = self.lookup(name)
            self._put_value(f"${{{name}}}" if value is None and self.mode.keep_unset else value or "")
            return
        if at_end or modifier not in ":+-?#%/":
            raise _Failure(f"unsupported modifier ({modifier}) in substitution")
        if modifier == "/":
            if text.startswith("/", self.at):
                self.at += 1
                modifier = "//"
            self._open(_Frame("/", True, name, modifier))
            return
        raw = modifier in "#%"
        if modifier == ":":
            modifier += self._next()
            if modifier[1] in "#%":
                raise _Failure(f"unsupported modifier ({modifier}) in substitution")
        self._open(_Frame("}", raw, name, modifier))

    def _put_value(self, value: str) -> None:
        frame = self.frames[-1]
        if frame.stop == '"':
            frame.out.append(value)
        else:
            self._put(value, True)

    def _open(self, frame: _Frame) -> None:
        # The engine's buffer for words is shared: what stands before a `${name…word}` without a space is lost.
        self.words.current.clear()
        if len(self.frames) > DEEPEST:
            raise _Failure("too many nested substitutions")
        self.frames.append(frame)

    def _close(self, frame: _Frame) -> None:
        word = "".join(frame.out)
        if frame.stop == "/":
            self._open(_Frame("}", True, frame.name, frame.modifier, word))
            return
        value = self.lookup(frame.name)
        if value is None and self.mode.keep_unset:
            middle = f"/{frame.pattern}/" if frame.modifier[0] == "/" else frame.modifier
            self._put_value(f"${{{frame.name}{middle}{word}}}")
            return
        try:
            self._put_value(_modified(frame, value, word))
        except PatternError as error:
            raise _Failure(str(error)) from None


def _modified(frame: _Frame, value: str | None, word: str) -> str:
    modifier = frame.modifier
    if modifier[0] == "/":
        try:
            return replaced(frame.pattern, value or "", word, modifier == "//")
        except PatternError as error:
            raise _Failure(f"invalid pattern ({frame.pattern}) in substitution: {error}") from None
    missing = value is None or (modifier[0] == ":" and value == "")
    kind = modifier[-1]
    if kind == "-":
        return word if missing else value or ""
    if kind == "+":
        return "" if missing else word
    if kind == "?":
        if missing:
            fault = "is not allowed to be unset" if value is None else "is not allowed to be empty"
            raise _Failure(f"{frame.name}: {word or fault}")
        return value or ""
    if kind not in "#%":
        raise _Failure(f"unsupported modifier ({modifier}) in substitution")
    greedy = word.startswith(kind)
    pattern = word[1:] if greedy else word
    try:
        return (without_suffix if kind == "%" else without_prefix)(pattern, value or "", greedy)
    except PatternError as error:
        shown = pattern if kind == "#" else reversed_text(pattern)
        raise _Failure(f"invalid pattern ({shown}) in substitution: {error}") from None


def expand(text: str, lookup: Lookup, escape: str = "\\", *, raw: bool = False) -> str:
    """The text with quotes and escapes removed and variables replaced; ExpansionError in the engine's words.

    With `raw`, quotes are ordinary characters and the escape is always a backslash: that is how bodies of
    unquoted heredocs of COPY and ADD are expanded (dockerfile2llb/convert.go:dispatch).
    """
    if raw:
        return Lexer(text, lookup, "\\", Mode(skip_quotes=True)).read()
    inert = _active(escape).search(text) is None and not text.startswith(BOM)
    return text if inert else Lexer(text, lookup, escape, Mode()).read()


def expand_words(text: str, lookup: Lookup, escape: str = "\\") -> list[str]:
    """The expanded text split at white space outside quotes: how the ports of EXPOSE are read."""
    return split(text, lookup, escape, Mode())


def split(text: str, lookup: Lookup, escape: str, mode: Mode) -> list[str]:
    """The words of an expanded text, in any mode."""
    lexer = Lexer(text, lookup, escape, mode)
    lexer.read()
    return lexer.words.done


def names(text: str, escape: str = "\\", *, word: bool = False) -> tuple[str, ...]:
    """The variables that a text refers to, in order, each time it does.

    Shell text is read generously: what stands in single quotes counts, as an inner shell may well expand it.
    With `word`, the text is an argument that the engine expands, and single quotes hide what is in them.
    """
    if "$" not in text:
        return ()
    if not word:
        pattern = _compiled(rf"(?s:{re.escape(escape)}.)|{_REFERENCE}")
        return tuple(match[1] for match in pattern.finditer(text) if match[1])
    found: list[str] = []
    at = 0
    inside = False
    pattern = _compiled(rf"(?s:{re.escape(escape)}.)|\"|'|{_REFERENCE}")
    while (match := pattern.search(text, at)) is not None:
        at = match.end()
        if match[1]:
            found.append(match[1])
        elif match[0] == '"':
            inside = not inside
        elif match[0] == "'" and not inside:
            end = text.find("'", at)
            at = len(text) if end < 0 else end + 1
    return tuple(found)
