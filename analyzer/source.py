"""Text in, text out, and the one unit of position: half-open offsets into the decoded text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from .named_tuple import NamedTuple

BOM = "\ufeff"


class Span(NamedTuple):
    """A half-open range of offsets, in code points, into the decoded text of one file."""

    start: int
    end: int


class Edit(NamedTuple):
    """The replacement of one span by a text."""

    span: Span
    text: str


class SourceFile(NamedTuple):
    """One file as read: its path as the user wrote it, and its text without a byte order mark.

    Bytes that are not UTF-8 are kept as lone surrogates, so that `encode` gives the same bytes back.
    """

    path: str
    text: str
    bom: bool = False

    @property
    def newline(self) -> str:
        """The line ending of the first line: what an inserted line should end with."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    def encode(self) -> bytes:
        """The bytes of the file: those that `decode` was given, where the text was not edited."""
        return ((BOM if self.bom else "") + self.text).encode("utf-8", "surrogateescape")


def decode(path: str, data: bytes) -> SourceFile:
    """The file whose bytes are `data`."""
    text = data.decode("utf-8", "surrogateescape")
    return SourceFile(path, text[1:], True) if text.startswith(BOM) else SourceFile(path, text)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits; overlapping ones are refused with a ValueError."""
    ordered = sorted(edits)
    for one, other in pairwise(ordered):
        if other.span.start < one.span.end or one.span == other.span:
            raise ValueError(f"edits overlap at offsets {other.span.start} to {one.span.end}")
    for edit in reversed(ordered):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
