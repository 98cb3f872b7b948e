"""Heredocs: which ones a logical line opens, and where their bodies end."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple
from ..source import Span
from .expansion import ExpansionError, Mode, split
from .lines import Rows
from .syntax import Heredoc

_WORD = r"([0-9]*)<<(-?)[\t\n\f\r ]*+([^<]*)"
_LINE = Mode(raw_quotes=True, raw_escapes=True, keep_unset=True)
_PLAIN = Mode(keep_unset=True)
_RAW = Mode(raw_quotes=True, keep_unset=True)


class Opening(NamedTuple):
    """`<<NAME` as it stands in a line."""

    name: str
    fd: int
    expand: bool
    chomp: bool


class Bodies(NamedTuple):
    """The heredocs of an instruction, the number of the last row read, and whether the last one is terminated."""

    heredocs: tuple[Heredoc, ...]
    last: int
    terminated: bool


def _unset(_name: str) -> str | None:
    return None


def opening(word: str) -> Opening | None:
    """The heredoc that a word opens; ExpansionError where its name's quotes do not match (parser.go:ParseHeredoc)."""
    match = re.fullmatch(_WORD, word)
    if match is None or not match[3]:
        return None
    plain = split(match[3], _unset, "\\", _PLAIN)
    if len(plain) != 1:
        return None
    raw = split(match[3], _unset, "\\", _RAW)
    if len(raw) != 1:
        raise ExpansionError(f"internal lexing of heredoc produced inconsistent results: {match[3]}")
    expands = _quotes(plain[0]) == _quotes(raw[0])
    fd = min(int(match[1].lstrip("0")[:21] or "0"), 2**64 - 1)
    return Opening(plain[0], fd, expands, bool(match[2]))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def openings(line: str) -> list[Opening]:
    """The heredocs that a logical line opens; none where its quotes do not match (parser.go:heredocsFromLine)."""
    try:
        words = split(line, _unset, "\\", _LINE)
    except ExpansionError:
        return []
    return [found for word in words if "<<" in word and (found := opening(word)) is not None]


def bodies(text: str, rows: Rows, after: int, opened: list[Opening]) -> Bodies:
    """The bodies of the opened heredocs, which begin behind row `after` and follow one another."""
    heredocs: list[Heredoc] = []
    at = after + 1
    count = len(rows.texts)
    for name, fd, expands, chomp in opened:
        first = at
        while at < count and not _ends(rows.texts[at], name, chomp):
            at += 1
        start = rows.starts[first] if first < count else len(text)
        end = rows.starts[at] if at < count else len(text)
        content = text[start:end]
        heredocs.append(Heredoc(name, fd, expands, chomp, chomped(content) if chomp else content, Span(start, end)))
        if at >= count:
            return Bodies(tuple(heredocs), count - 1, False)
        at += 1
    return Bodies(tuple(heredocs), at - 1, True)


def _ends(row: str, name: str, chomp: bool) -> bool:
    bare = row.rstrip("\r")
    return (bare.lstrip("\t") if chomp else bare) == name


def chomped(content: str) -> str:
    """The content without the tabs that begin its lines."""
    return re.sub(r"^\t+", "", content, flags=re.MULTILINE)
