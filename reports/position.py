"""Lines and columns: the one place where offsets become positions that people and editors use."""

from __future__ import annotations

from bisect import bisect_right

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile, Span


class Position(NamedTuple):
    """A place in a text: 1-based line, and 1-based column in code points."""

    line: int
    column: int


class Lines:
    """The lines of one text."""

    def __init__(self, source: SourceFile) -> None:
        self.text = source.text
        self._starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = self.text.find("\n", at + 1)

    def position(self, offset: int) -> Position:
        """Where an offset lies."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self._starts, offset)

    def last_line(self, span: Span) -> int:
        """The line of the last character of a span."""
        return self.line(max(span.start, span.end - 1))

    def lsp_range(self, span: Span) -> dict[str, dict[str, int]]:
        """A Range of the Language Server Protocol: lines and UTF-16 code units that count from 0."""
        return {"start": self._lsp_position(span.start), "end": self._lsp_position(span.end)}

    def _lsp_position(self, offset: int) -> dict[str, int]:
        line = bisect_right(self._starts, offset) - 1
        before = self.text[self._starts[line] : offset]
        return {"line": line, "character": len(before) + sum(char > "\uffff" for char in before)}

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, without its end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def code_frame(lines: Lines, span: Span) -> str:
    """The line a span begins on, with a caret below it."""
    place = lines.position(span.start)
    text = lines.line_text(place.line)
    shown, before = text[:200].replace("\t", " "), place.column - 1
    width = max(1, min(span.end - span.start, len(shown) - before))
    return f"  {place.line:>4} | {shown}\n       | {' ' * before}{'^' * width}"
