"""Which rows make an instruction: the one home of dockerfile-parse.

Its `structure` is asked in bounded portions, because it builds texts in quadratic time; a row that it would
read in another way than the engine (parser.go:Parse) is shown to it as a stand-in.
"""

from __future__ import annotations

import re
from io import StringIO

from dockerfile_parse import DockerfileParser

from ..named_tuple import NamedTuple
from ..typing import Protocol, cast
from .lines import Rows, continued, is_silent

PORTION = 512
"""The most rows shown at once."""
LONG = 300
"""The most characters of a row shown as it is."""

_STRANGE = re.compile("[\v\f\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\r.")


class Block(NamedTuple):
    """The numbers of the first and last row of an instruction."""

    first: int
    last: int


class _Structured(Protocol):
    @property
    def structure(self) -> list[dict[str, object]]: ...


def _structure(shown: list[str], escape: str) -> list[Block]:
    head = [f"# escape={escape}", "#"]
    text = "\n".join([*head, *shown, "", ""])
    parser = cast(_Structured, DockerfileParser(fileobj=StringIO(text)))
    return [
        Block(cast(int, entry["startline"]) - 2, cast(int, entry["endline"]) - 2)
        for entry in parser.structure
        if cast(int, entry["startline"]) >= 2
    ]


def _shown(row: str, escape: str) -> str:
    if len(row) <= LONG and escape * 2 not in row and _STRANGE.search(row) is None:
        return row
    return "RUN x" if continued(row, escape) < 0 else "RUN x " + escape


def _portion(rows: Rows, at: int, size: int) -> list[int]:
    numbers: list[int] = []
    for number in range(at, len(rows.texts)):
        row = rows.texts[number]
        if is_silent(row):
            continue
        numbers.append(number)
        if "<<" in row or row.startswith("<") or len(numbers) >= size:
            break
    return numbers


def blocks(rows: Rows, at: int, escape: str) -> tuple[list[Block], int]:
    """Some instructions from row `at` on, in order, and the row where to ask for more.

    A portion ends with the first row that can bring a `<<`, so that little is read in vain behind a heredoc.
    """
    numbers = _portion(rows, at, PORTION)
    if not numbers:
        return [], len(rows.texts)
    entries = _structure([_shown(rows.texts[number], escape) for number in numbers], escape)
    found = [Block(numbers[entry.first], numbers[entry.last]) for entry in entries if entry.last < len(numbers)]
    if len(found) == len(entries):
        return found, numbers[-1] + 1
    if found:
        return found, numbers[entries[-1].first]
    block = _long_block(rows, numbers, escape)
    return [block], block.last + 1


def _long_block(rows: Rows, numbers: list[int], escape: str) -> Block:
    first, last = numbers[0], numbers[-1]
    size = 8
    while numbers := _portion(rows, last + 1, size):
        shown = ["RUN x " + escape, *(_shown(rows.texts[number], escape) for number in numbers)]
        end = _structure(shown, escape)[0].last
        if end <= len(numbers):
            return Block(first, numbers[end - 1])
        last = numbers[-1]
        size = min(size * 2, PORTION)
    return Block(first, len(rows.texts) - 1)
