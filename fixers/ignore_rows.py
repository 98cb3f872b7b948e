"""Edits of one row of an ignore file."""

from __future__ import annotations

from ..analyzer.source import Edit, Span


def replace_row(text: str, row: int, wanted: str) -> Edit:
    """The edit that makes a row, counted from 0, say something else, with its line ending kept; nothing: it goes."""
    start = 0
    for _ in range(row):
        start = text.index("\n", start) + 1
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    carriage = text[start:end].endswith("\r")
    if not wanted:
        return Edit(Span(start, min(end + 1, len(text))), "")
    return Edit(Span(start, end - carriage), wanted.replace("\n", "\r\n" if carriage else "\n"))
