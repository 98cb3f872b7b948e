"""Physical rows joined to logical lines, with a way back from a logical offset to the file's."""

from __future__ import annotations

from bisect import bisect_right

from ..named_tuple import NamedTuple
from ..source import Span

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""White space as Go's unicode.IsSpace counts it: str.isspace would add the separators 0x1c to 0x1f."""


class Rows(NamedTuple):
    """The physical lines of a text without their line feeds, and the offset where each begins."""

    texts: list[str]
    starts: list[int]


class Line(NamedTuple):
    """A logical line; piece i of it begins at `starts[i]` and stands at `sources[i]`. `tail` is its trailing space."""

    text: str
    starts: list[int]
    sources: list[int]
    tail: str

    def offset(self, index: int) -> int:
        """The offset in the file of the character at a logical index."""
        if len(self.starts) == 1:
            return self.sources[0] + index
        piece = bisect_right(self.starts, index) - 1
        return self.sources[piece] + index - self.starts[piece]

    def logical(self, offset: int) -> int:
        """The logical index of the character at an offset in the file: the way back from `offset`."""
        piece = bisect_right(self.sources, offset) - 1
        return self.starts[piece] + offset - self.sources[piece]

    def span(self, start: int, end: int) -> Span:
        """The span in the file from the first to the last character of a logical range."""
        if len(self.starts) == 1:
            base = self.sources[0]
            return Span(base + start, base + end)
        first = self.offset(start)
        return Span(first, self.offset(end - 1) + 1 if end > start else first)


def rows_of(text: str) -> Rows:
    """The rows of a text; a final line feed opens no further row."""
    texts = text.split("\n")
    if not texts[-1]:
        texts.pop()
    starts: list[int] = []
    at = 0
    for row in texts:
        starts.append(at)
        at += len(row) + 1
    return Rows(texts, starts)


def continued(row: str, escape: str) -> int:
    """Where the escape character stands that joins a row to the next one, or -1.

    A character that is itself preceded by the same one joins nothing (parser.go:setEscapeToken).
    """
    bare = row.rstrip("\r").rstrip(" \t")
    if not bare.endswith(escape) or bare[-2:-1] == escape:
        return -1
    return len(bare) - 1


def is_silent(row: str) -> bool:
    """True for a row that is blank or a comment."""
    stripped = row.lstrip(SPACES)
    return not stripped or stripped[0] == "#"


def join(rows: Rows, first: int, last: int, escape: str) -> Line:
    """The logical line that the rows from `first` to `last` make."""
    row = rows.texts[first]
    begin = len(row) - len(row.lstrip(SPACES))
    if first == last:
        cut = continued(row, escape)
        return _line(row[begin:] if cut < 0 else row[begin:cut], [0], [rows.starts[first] + begin])
    pieces: list[str] = []
    starts: list[int] = []
    sources: list[int] = []
    length = 0
    for number in range(first, last + 1):
        row = rows.texts[number]
        if number > first:
            if is_silent(row):
                continue
            begin = 0
        cut = continued(row, escape)
        piece = row[begin:].rstrip("\r") if cut < 0 else row[begin:cut]
        if piece or not pieces:
            pieces.append(piece)
            starts.append(length)
            sources.append(rows.starts[number] + begin)
            length += len(piece)
    return _line("".join(pieces), starts, sources)


def _line(joined: str, starts: list[int], sources: list[int]) -> Line:
    text = joined.rstrip(SPACES)
    return Line(text, starts, sources, joined[len(text) :].rstrip("\r"))
