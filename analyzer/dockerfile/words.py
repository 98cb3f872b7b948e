"""A logical line cut into words: at white space, with quotes, or as a JSON array (parser/line_parsers.go)."""

from __future__ import annotations

import re
from functools import cache

from ..named_tuple import NamedTuple
from .lines import SPACES

BLANKS = "\t\v\f\r "
_RUN = re.compile(f"[^{BLANKS}]+")
_JSON_SPACE = " \t\r\n"


@cache
def _edge(escape: str) -> re.Pattern[str]:
    return re.compile(rf"[{SPACES}'\"{re.escape(escape)}]")


@cache
def _inner(escape: str) -> re.Pattern[str]:
    return re.compile(rf"[\"{re.escape(escape)}]")


class Part(NamedTuple):
    """A word and its logical range; `text` differs from the range's text where the engine reads it otherwise."""

    text: str
    start: int
    end: int


class NotStrings(Exception):
    """A JSON array of something other than strings: the engine refuses it instead of reading it as shell text."""


def past_spaces(text: str, at: int) -> int:
    """The first index from `at` on that is no white space, or the length of the text."""
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def past_blanks(text: str, at: int) -> int:
    """The first index from `at` on that is no ASCII blank, or the length of the text."""
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at


def keyword_end(text: str, start: int) -> int:
    """Where the first word from `start` on ends."""
    match = _RUN.match(text, start)
    return start if match is None else match.end()


def at_blanks(text: str, start: int) -> list[Part]:
    """The words between ASCII blanks; quotes mean nothing."""
    return [Part(match[0], match.start(), match.end()) for match in _RUN.finditer(text, start)]


def with_quotes(text: str, start: int, escape: str) -> list[Part]:
    """The words between white space outside quotes, quotes and escapes kept.

    An escape character that ends the text is dropped, and an unclosed quote reaches to the end.
    """
    edge, inner = _edge(escape), _inner(escape)
    found: list[Part] = []
    count = len(text)
    at = past_spaces(text, start)
    while at < count:
        begin = at
        end = -1
        while end < 0:
            match = edge.search(text, at)
            if match is None:
                end = at = count
                break
            at = match.end()
            char = match[0]
            if char == escape:
                end = count - 1 if at == count else -1
                at += 1
            elif char == "'":
                close = text.find("'", at)
                at = count if close < 0 else close + 1
            elif char == '"':
                at, end = _past_double_quotes(text, at, inner, escape)
            else:
                end = match.start()
            if end < 0 and at >= count:
                end = count
        if end > begin:
            found.append(Part(text[begin:end], begin, end))
        at = past_spaces(text, at)
    return found


def _past_double_quotes(text: str, at: int, inner: re.Pattern[str], escape: str) -> tuple[int, int]:
    # The index behind the closing quote, and the word's end where an escape character ends the text (else -1).
    while (match := inner.search(text, at)) is not None:
        at = match.end()
        if match[0] != escape:
            return at, -1
        if at == len(text):
            return at, at - 1
        at += 1
    return len(text), -1


def json_strings(text: str, start: int) -> list[Part] | None:
    """The strings of the JSON array that the text is from `start` on, quotes outside; None where it is no array.

    NotStrings where it is an array with anything else in it.
    """
    start = past_spaces(text, start)
    if not text.startswith("[", start):
        return None
    import json  # only files with a JSON form pay for it

    found: list[Part] = []
    at = _past_json_space(text, start + 1)
    closing = text.startswith("]", at)
    try:
        decoder = json.JSONDecoder()
        while not closing:
            if not text.startswith('"', at):
                _refuse_other_arrays(text[start:])
                return None
            value, end = decoder.raw_decode(text, at)
            found.append(Part(re.sub("[\ud800-\udfff]", "\ufffd", value), at, end))
            at = _past_json_space(text, end)
            closing = text.startswith("]", at)
            if not closing:
                if not text.startswith(",", at):
                    return None
                at = _past_json_space(text, at + 1)
    except ValueError:
        return None
    return found if at + 1 == len(text) else None


def _past_json_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _JSON_SPACE:
        at += 1
    return at


def _refuse_other_arrays(text: str) -> None:
    import json

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return
    raise NotStrings("when using JSON array syntax, arrays must be comprised of strings only")
