"""The shell patterns of `${X#…}`, `${X%…}` and `${X/…/…}`, in time linear in the value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..source import BOM

_STAR = "*"
_ANY = "?"


class PatternError(ValueError):
    """The engine's words about a pattern that it refuses."""


class Pattern:
    """A pattern as the pieces between its stars; a piece is a list of characters, None for any but a line feed."""

    def __init__(self, pieces: list[list[str | None]]) -> None:
        self.pieces = pieces
        self._finders = [_finder(piece) for piece in pieces]

    def prefix(self, value: str, greedy: bool) -> int:
        """The length of the shortest or longest prefix that matches, or -1."""
        return self._end(value, 0, greedy)

    def first(self, value: str, at: int) -> tuple[int, int] | None:
        """Start and end of the leftmost longest match from an offset on."""
        while at <= len(value):
            limit = _line_end(value, at)
            if len(self.pieces) > 1 and not self.pieces[0]:
                start = at
            else:
                match = self._finders[0].search(value, at)
                if match is None:
                    return None
                start = match.start()
                limit = _line_end(value, match.end())
            end = self._end(value, start, True)
            if end >= 0:
                return start, end
            at = limit + 1
        return None

    def _end(self, value: str, start: int, greedy: bool) -> int:
        match = self._finders[0].match(value, start)
        if match is None:
            return -1
        at = match.end()
        for number, finder in enumerate(self._finders[1:], 1):
            limit = _line_end(value, at)
            if number == len(self.pieces) - 1 and greedy:
                return self._last(number, value, at, limit)
            match = finder.search(value, at, limit + len(self.pieces[number]))
            if match is None or match.start() > limit:
                return -1
            at = match.end()
        return at

    def _last(self, number: int, value: str, at: int, limit: int) -> int:
        piece = self.pieces[number]
        if not piece:
            return limit
        region = value[at : limit + len(piece)][::-1]
        match = _finder(piece[::-1]).search(region)
        return -1 if match is None else at + len(region) - match.start()


def _line_end(value: str, at: int) -> int:
    end = value.find("\n", at)
    return len(value) if end < 0 else end


def _finder(piece: list[str | None]) -> re.Pattern[str]:
    return re.compile("".join("." if char is None else re.escape(char) for char in piece))


def compiled(text: str) -> Pattern:
    """The pattern that a text spells; PatternError for a backslash before an ordinary character (shell/lex.go)."""
    pieces: list[list[str | None]] = [[]]
    at = 1 if text.startswith(BOM) else 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == _STAR:
            pieces.append([])
            continue
        if char == _ANY:
            pieces[-1].append(None)
            continue
        if char == "\\":
            follower = text[at : at + 1]
            if follower in ("}", "/"):
                continue
            if follower not in ("*", "?", "\\"):
                raise PatternError(f"invalid escape '\\{follower or chr(0xFFFD)}'")
            char = follower
            at += 1
        pieces[-1].append(char)
    return Pattern(pieces)


def reversed_text(text: str) -> str:
    """A pattern's text back to front, its escapes kept as pairs."""
    out: list[str] = []
    at = 0
    while at < len(text):
        width = 2 if text[at] == "\\" and at + 1 < len(text) else 1
        out.append(text[at : at + width])
        at += width
    return "".join(reversed(out))


def without_prefix(text: str, value: str, greedy: bool) -> str:
    """The value without the shortest or longest prefix that the pattern matches."""
    return value[max(compiled(text).prefix(value, greedy), 0) :]


def without_suffix(text: str, value: str, greedy: bool) -> str:
    """The value without the shortest or longest suffix that the pattern matches."""
    return without_prefix(reversed_text(text), value[::-1], greedy)[::-1]


def matches(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Start and end of each match, leftmost and longest first; an empty one never touches the one before it."""
    pattern = compiled(text)
    at = 0
    last = -1
    while at <= len(value):
        found = pattern.first(value, at)
        if found is None:
            return
        start, end = found
        if end > start or start != last:
            yield start, end
            last = end
        at = end if end > start else end + 1


_REFERENCE = r"\$(?:(\$)|(\w+)|\{(\w+)\})"


def replaced(text: str, value: str, replacement: str, everywhere: bool) -> str:
    """The value with the first match replaced, or with all of them.

    Where all are replaced, the engine reads the replacement as a template of Go's regexp: `$0` is the match.
    """
    out: list[str] = []
    at = 0
    for start, end in matches(text, value):
        put = replacement
        if everywhere and "$" in replacement:
            put = _filled(replacement, value[start:end])
        out += [value[at:start], put]
        at = end
        if not everywhere:
            break
    return "".join([*out, value[at:]])


def _filled(template: str, match: str) -> str:
    def put(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        return match if name.strip("0") == "" else ""

    return re.sub(_REFERENCE, put, template)
