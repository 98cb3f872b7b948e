"""Sets of characters as sorted ranges of code points, and how Python's regular expressions write them."""

from __future__ import annotations

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF


def normal(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same characters as sorted ranges that do not touch; one that ends before it starts holds none."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if high < low:
            continue
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def inverse(ranges: Ranges) -> Ranges:
    """All other characters."""
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if start < low:
            out.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        out.append((start, _LAST))
    return tuple(out)


def single(character: str) -> Ranges:
    """The set of one character."""
    return ((ord(character), ord(character)),)


def holds(ranges: Ranges, character: str) -> bool:
    """Whether the set has the character."""
    code = ord(character)
    return any(low <= code <= high for low, high in ranges)


def written(ranges: Ranges) -> str:
    """The regular expression, in Python's syntax, that matches exactly one character of the set."""
    if not ranges:
        return "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _character(ranges[0][0])
    others = inverse(ranges)
    if len(others) < len(ranges):
        return f"[^{_members(others)}]" if others else r"[\s\S]"
    return f"[{_members(ranges)}]"


def _members(ranges: Ranges) -> str:
    return "".join(_character(low) if low == high else f"{_character(low)}-{_character(high)}" for low, high in ranges)


def _character(code: int) -> str:
    return chr(code) if chr(code).isalnum() and code < 128 else f"\\U{code:08x}"
