"""The engine's wording: quoted values and `did you mean`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_ESCAPES = {char: "\\" + letter for char, letter in zip('\a\b\f\n\r\t\v"\\', 'abfnrtv"\\', strict=True)}


def quoted(text: str) -> str:
    """The text as Go's %q prints it; what cannot be printed is written as an escape."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _code(char)) for char in text) + '"'


def _code(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def suggested(message: str, value: str, options: Iterable[str], exact_case: bool) -> str:
    """The message with the nearest option, where one is at most two edits away (util/suggest/error.go)."""
    nearest = _nearest(value if exact_case else value.lower(), tuple(options), exact_case) if len(value) < 64 else ""
    if not nearest:
        return message
    if not exact_case and value == value.upper() and value != value.lower():
        nearest = nearest.upper()
    return f"{message} (did you mean {nearest}?)"


@lru_cache(maxsize=256)
def _nearest(wanted: str, options: tuple[str, ...], exact_case: bool) -> str:
    best, nearest = 3, ""
    letters = set(wanted)
    for option in options:
        candidate = option if exact_case else option.lower()
        if candidate == wanted:
            return ""
        if abs(len(candidate) - len(wanted)) >= best or len(letters.difference(candidate)) >= best:
            continue  # each letter that the candidate does not have costs an edit
        distance = _distance(wanted, candidate)
        if distance < best:
            best, nearest = distance, candidate
    return nearest


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (a != b))
    return row[-1]
