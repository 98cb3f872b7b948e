"""The lines of a log without what a CI wraps around them: timestamps, groups, sections, colours, names of services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..named_tuple import NamedTuple
from ..typing import BinaryIO

# Bytes of a line that are kept: a status of BuildKit carries at most some hundred kB.
LONGEST = 8 << 20

_ANSI = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[@-Z\\^_])")
_WRAPPERS = tuple(
    re.compile(pattern)
    for pattern in (
        "\ufeff",
        # GitHub's `gh run view --log`: job and step in front of the timestamp
        r"[^\t]{1,200}\t[^\t]{1,200}\t(?=\ufeff?\d{4}-)",
        # a timestamp, GitHub's, GitLab's (with `00O ` or `01E+` for the stream), Jenkins' (in brackets)
        r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?: \d\d[OE][ +]|[ \t]+|$)",
        r"\[\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\][ \t]+",
        # GitLab's sections: what follows on the same line counts
        r"section_(?:start|end):\d{1,20}:[^\r]{0,200}\r",
        r"(?:##\[(?:group|endgroup|command|debug)\]|::(?:group|endgroup)::)",
        # docker compose and the like: the service in front of a bar
        r"[\w.-]{1,100} *\| +(?=#\d|\{)",
        r"[ \t]+(?=#\d|\{)",
    )
)


class Line(NamedTuple):
    """One line: its 1-based number in the file, its text unwrapped; `cut` where it was longer than is kept."""

    number: int
    text: str
    cut: bool


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream, one at a time; of a longer one, its first LONGEST bytes."""
    number = 0
    while data := stream.readline(LONGEST):
        number += 1
        cut = len(data) == LONGEST and not data.endswith(b"\n")
        rest = data
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST)
        yield Line(number, unwrapped(data.decode("utf-8", "replace")), cut)


def unwrapped(text: str) -> str:
    """A line as the engine printed it."""
    text = text.rstrip("\r\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    for _ in range(4):
        if text.startswith("{") or (text.startswith("#") and text[1:2].isdecimal()):
            break
        before = text
        for wrapper in _WRAPPERS:
            match = wrapper.match(text)
            text = text if match is None else text[match.end() :]
        if text == before:
            break
    return text
