"""The `--name=value` words before the arguments, and what the engine refuses about them."""

from __future__ import annotations

import re
from functools import cache

from .lines import Line
from .syntax import Flag, Problem
from .wording import suggested

BOOL, TEXT, TEXTS = "bool", "text", "texts"

KNOWN: dict[str, dict[str, str]] = {
    "FROM": {"platform": TEXT},
    "RUN": {"mount": TEXTS, "device": TEXTS, "network": TEXT, "security": TEXT},
    "COPY": {"chown": TEXT, "from": TEXT, "chmod": TEXT, "link": BOOL, "exclude": TEXTS, "parents": BOOL},
    "ADD": {
        "chown": TEXT,
        "chmod": TEXT,
        "link": BOOL,
        "keep-git-dir": BOOL,
        "checksum": TEXT,
        "unpack": BOOL,
        "exclude": TEXTS,
    },
    "HEALTHCHECK": {name: TEXT for name in ("interval", "timeout", "start-period", "start-interval", "retries")},
}
"""The flags of each instruction (instructions/parse.go, commands_run*.go); any other has none."""

_UNCHECKED = ("ARG", "STOPSIGNAL")
_SPACE = " \t\n\v\f\r\x85\xa0"


@cache
def _edge(ends: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(ends)}]")


def read_flags(line: Line, start: int, escape: str) -> tuple[tuple[Flag, ...], int]:
    """The flags from a logical index on, and the index behind them (parser/split_command.go:extractBuilderFlags)."""
    text = line.text
    at = _past_ascii_space(text, start)
    if not text.startswith("--", at):
        return (), at
    if not text.isascii() and _encodable(text):
        return _read_bytewise(line, at, escape)
    found, end = _scan(text, at, escape)
    return tuple(_flag(line, value, begin, stop) for value, begin, stop in found), end


def _past_ascii_space(text: str, at: int) -> int:
    while text[at : at + 1] in _SPACE[:6] and at < len(text):
        at += 1
    return at


def _flag(line: Line, value: str, begin: int, stop: int) -> Flag:
    name, equals, rest = value.partition("=")
    return Flag(name[2:], rest if equals else None, line.text[begin:stop], line.span(begin, stop))


def _read_bytewise(line: Line, at: int, escape: str) -> tuple[tuple[Flag, ...], int]:
    # The engine takes each byte of a flag for a character of its own: an `é` comes out as two letters, and the
    # bytes 0x85 and 0xa0 are white space to it.
    tail = line.text[at:].encode("utf-8")
    view = tail.decode("latin-1")
    found, end = _scan(view, 0, escape)
    edges = sorted({end, *(index for _, begin, stop in found for index in (begin, stop))})
    places: dict[int, int] = {}
    last = place = 0
    for edge in edges:
        place += sum(byte & 0xC0 != 0x80 for byte in tail[last:edge])
        last = edge
        places[edge] = at + place
    flags = tuple(_flag(line, value, places[begin], places[stop]) for value, begin, stop in found)
    return flags, places[end]


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _scan(text: str, at: int, escape: str) -> tuple[list[tuple[str, int, int]], int]:
    edge = _edge(_SPACE + "'\"" + escape)
    count = len(text)
    found: list[tuple[str, int, int]] = []
    while True:
        while at < count and text[at] in _SPACE:
            at += 1
        if not text.startswith("--", at):
            return found, at
        begin = at
        parts: list[str] = []
        end = -1
        while end < 0:
            match = edge.search(text, at)
            if match is None:
                parts.append(text[at:])
                end = at = count
                break
            parts.append(text[at : match.start()])
            at = match.end()
            char = match[0]
            if char == escape:
                parts.append(text[at : at + 1])
                at += 1
            elif char in "'\"":
                at = _quoted(text, at, _edge(char + escape), escape, parts)
            else:
                at = end = match.start()
            if end < 0 and at >= count:
                end = at = count
        value = "".join(parts)
        if value == "--":
            return found, end
        found.append((value, begin, end))


def _quoted(text: str, at: int, inner: re.Pattern[str], escape: str, parts: list[str]) -> int:
    while (match := inner.search(text, at)) is not None:
        parts.append(text[at : match.start()])
        at = match.end()
        if match[0] != escape:
            return at
        parts.append(text[at : at + 1])
        at += 1
    parts.append(text[at:])
    return len(text)


def flag_problems(keyword: str, flags: tuple[Flag, ...]) -> list[Problem]:
    """What the engine refuses about the flags of an instruction (instructions/bflag.go:Parse)."""
    if keyword in _UNCHECKED:
        return []
    known = KNOWN.get(keyword, {})
    problems: list[Problem] = []
    seen: set[str] = set()
    for flag in flags:
        message = _fault(flag, known, seen)
        if message:
            problems.append(Problem(flag.span, message))
        seen.add(flag.name)
    return problems


def _fault(flag: Flag, known: dict[str, str], seen: set[str]) -> str:
    shown = "--" + flag.name
    kind = known.get(flag.name)
    if kind is None:
        return suggested(f"unknown flag: {shown}", flag.name, known, True)
    if flag.name in seen and kind != TEXTS:
        return f"duplicate flag specified: {shown}"
    if flag.value is None:
        return "" if kind == BOOL else f"missing a value on flag: {shown}"
    if kind != BOOL:
        return ""
    if not flag.value:
        return f"missing a value on flag: {shown}"
    if flag.value.lower() not in ("true", "false"):
        return f"expecting boolean value for flag {shown}, not: {flag.value}"
    return ""


def last_value(flags: tuple[Flag, ...], name: str) -> str | None:
    """The value of a flag, or None where it is not given or has none."""
    for flag in reversed(flags):
        if flag.name == name:
            return flag.value
    return None


def all_values(flags: tuple[Flag, ...], name: str) -> tuple[str, ...]:
    """The values of a flag that may be repeated."""
    return tuple(flag.value for flag in flags if flag.name == name and flag.value is not None)


def switch(flags: tuple[Flag, ...], name: str) -> bool | None:
    """True for `--name` and `--name=true`, False for another value, None where the flag is not given."""
    for flag in reversed(flags):
        if flag.name == name:
            return flag.value is None or flag.value.lower() == "true"
    return None
