"""The part of Go's regular expressions that ignore patterns can become, and two ways to match it.

moby/patternmatcher turns a pattern into the text of a regular expression without escaping all of it, so that
`a|b*` is an alternative and `\\d` a digit; what the engine then does with that text (regexp/syntax/parse.go) is
read here. Matching takes time linear in the text, or quadratic where Python's own engine serves.
"""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple
from ..typing import Literal
from .charsets import Ranges, holds, inverse, normal, single, written

NOT_SLASH = inverse(single("/"))
NOT_NEWLINE = inverse(single("\n"))
MANY = -1  # as the upper bound of a repetition: none

Kind = Literal["set", "start", "end", "word", "inside", "folders"]


class Item(NamedTuple):
    """One place of an expression: a character of a set, an assertion, or `folders`: nothing, or all up to a `/`."""

    kind: Kind
    ranges: Ranges = ()
    low: int = 1
    high: int = 1

    @property
    def literal(self) -> str:
        """The one character that fits here; empty where several may."""
        one = self.kind == "set" and self.low == self.high == 1 and len(self.ranges) == 1
        return chr(self.ranges[0][0]) if one and self.ranges[0][0] == self.ranges[0][1] else ""


Items = tuple[Item, ...]

_FOLDERS = "(.*/)?"
_REPEAT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_ASSERTIONS: dict[str, Kind] = {"A": "start", "z": "end", "b": "word", "B": "inside"}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_DIGIT = ((0x30, 0x39),)
_UPPER = ((0x41, 0x5A),)
_LOWER = ((0x61, 0x7A),)
_ALPHA = _UPPER + _LOWER
_WORD = normal((*_DIGIT, *_ALPHA, (0x5F, 0x5F)))
_SPACE = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, Ranges] = {
    "alnum": _DIGIT + _ALPHA,
    "alpha": _ALPHA,
    "ascii": ((0, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": _DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": _LOWER,
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
}


def parse(source: str) -> tuple[Items, ...]:
    """The alternatives of an expression; raises ValueError where Go refuses it."""
    alternatives: list[list[Item]] = [[]]
    at = 0
    repeated = False
    while at < len(source):
        items = alternatives[-1]
        character = source[at]
        found: re.Match[str] | None = None
        if source.startswith(_FOLDERS, at):
            items.append(Item("folders", (), 0, 1))
            at += len(_FOLDERS)
            repeated = True
            continue
        if character == "*" or (character == "{" and (found := _REPEAT.match(source, at))):
            if repeated or not items:
                raise ValueError("a repetition of nothing or of a repetition")
            low, high = _bounds(found) if found else (0, MANY)
            items[-1] = items[-1]._replace(low=low, high=high)
            at = found.end() if found else at + 1
            repeated = True
            continue
        repeated = False
        at += 1
        if character == "|":
            alternatives.append([])
        elif character == "^":
            items.append(Item("start"))
        elif character == "$":
            items.append(Item("end"))
        elif character == ".":
            items.append(Item("set", NOT_NEWLINE))
        elif character == "[":
            ranges, at = _class(source, at)
            items.append(Item("set", ranges))
        elif character == "\\":
            at = _escaped(source, at, items)
        else:
            items.append(Item("set", single(character)))
    return tuple(tuple(items) for items in alternatives)


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    low = int(found[1])
    high = low if not found[2] else int(found[3]) if found[3] else MANY
    if low > 1000 or high > 1000 or (high != MANY and low > high):
        raise ValueError("a repetition count above 1000, or of more than it allows")
    return low, high


def _escaped(source: str, at: int, items: list[Item]) -> int:
    """The offset after an escape outside of a class, whose items are appended."""
    character = source[at : at + 1]
    if character in _ASSERTIONS and character:
        items.append(Item(_ASSERTIONS[character]))
        return at + 1
    if character == "Q":
        quoted, mark, _ = source[at + 1 :].partition("\\E")
        items.extend(Item("set", single(one)) for one in quoted)
        return at + 1 + len(quoted) + len(mark)
    ranges, at = _escape(source, at)
    items.append(Item("set", ranges))
    return at


def _escape(source: str, at: int) -> tuple[Ranges, int]:
    """The characters that an escape means, in a class or outside, and the offset after it."""
    character = source[at : at + 1]
    if not character:
        raise ValueError("a `\\` at the end")
    if character.lower() in _PERL:
        ranges = _PERL[character.lower()]
        return (ranges if character.islower() else inverse(ranges)), at + 1
    if character in _CONTROLS:
        return single(_CONTROLS[character]), at + 1
    octal = re.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}").match(source, at)
    if octal:
        return single(chr(int(octal[0], 8))), octal.end()
    hexadecimal = re.compile("x(?:([0-9A-Fa-f]{2})|{([0-9A-Fa-f]+)})").match(source, at)
    if hexadecimal and int(hexadecimal[1] or hexadecimal[2], 16) <= 0x10FFFF:
        return single(chr(int(hexadecimal[1] or hexadecimal[2], 16))), hexadecimal.end()
    if character == "_" or (ord(character) < 0x80 and not character.isalnum()):
        return single(character), at + 1
    raise ValueError(f"`\\{character}`")


def _class(source: str, at: int) -> tuple[Ranges, int]:
    """The characters of the class that begins before the offset, and the offset after it."""
    negated = source.startswith("^", at)
    at += negated
    start = at
    members: list[tuple[int, int]] = []
    while at == start or not source.startswith("]", at):
        named = source.find(":]", at + 2) if source.startswith("[:", at) else -1
        if named >= 0:
            name = source[at + 2 : named]
            if name.removeprefix("^") not in _POSIX:
                raise ValueError(f"`[:{name}:]`")
            posix = _POSIX[name.removeprefix("^")]
            members.extend(inverse(posix) if name.startswith("^") else posix)
            at = named + 2
            continue
        low, at = _member(source, at)
        first = _only(low)
        if first < 0 or not source.startswith("-", at) or source.startswith("]", at + 1) or at + 1 == len(source):
            members.extend(low)
            continue
        high, at = _member(source, at + 1)
        last = _only(high)
        if last < first:
            raise ValueError("a range that ends before it begins")
        members.append((first, last))
    ranges = normal(members)
    return (inverse(ranges) if negated else ranges), at + 1


def _only(ranges: Ranges) -> int:
    """The code point of a set of one; -1 where it holds more."""
    codes = [low if low == high else -1 for low, high in ranges]
    return codes[0] if len(codes) == 1 else -1


def _member(source: str, at: int) -> tuple[Ranges, int]:
    if at >= len(source):
        raise ValueError("a class without `]`")
    return _escape(source, at + 1) if source[at] == "\\" else (single(source[at]), at + 1)


def searches(alternatives: tuple[Items, ...], text: str) -> bool:
    """Whether the expression matches anywhere in the text.

    All places where a match may have come to are followed at once, as bits of one number, so that no expression is
    slow.
    """
    everywhere = (1 << (len(text) + 1)) - 1
    masks: dict[Ranges, int] = {}
    for items in alternatives:
        at = everywhere
        for item in items:
            at = _after(item, at, text, masks)
            if not at:
                break
        if at:
            return True
    return False


def _mask(ranges: Ranges, text: str, masks: dict[Ranges, int]) -> int:
    """The offsets of the characters that are in the set, as bits."""
    if ranges not in masks:
        masks[ranges] = sum(1 << place for place, character in enumerate(text) if holds(ranges, character))
    return masks[ranges]


def _after(item: Item, at: int, text: str, masks: dict[Ranges, int]) -> int:
    """The offsets that the item leads to from any of the offsets `at`, as bits."""
    if item.kind == "folders":
        slashes = _mask(single("/"), text, masks)
        return at | (_closure(_mask(NOT_NEWLINE, text, masks), at) & slashes) << 1
    if item.kind != "set":
        return at & _holding(item.kind, text, masks) if item.low else at
    mask = _mask(item.ranges, text, masks)
    for _ in range(item.low):
        at = (at & mask) << 1
    if item.high == MANY:
        return _closure(mask, at)
    for _ in range(item.high - item.low):
        at |= (at & mask) << 1
    return at


def _closure(mask: int, at: int) -> int:
    """The offsets that any number of characters of the mask lead to: a carry runs through each run of ones."""
    return (((at & mask) + mask) ^ mask) | at


def _holding(kind: Kind, text: str, masks: dict[Ranges, int]) -> int:
    """The offsets at which an assertion holds, as bits."""
    if kind == "start":
        return 1
    if kind == "end":
        return 1 << len(text)
    words = _mask(_WORD, text, masks)
    borders = words ^ (words << 1)
    return borders if kind == "word" else ~borders & ((1 << (len(text) + 1)) - 1)


def python(items: Items) -> str | None:
    """The same expression for Python's engine, to be matched from the start of a text without newlines; None where
    that could take more than quadratic time, or where the expression need not match from the start to the end."""
    if len(items) < 2 or items[0] != Item("start") or items[-1] != Item("end"):
        return None
    items = tuple(item for item, before in zip(items, (None, *items[:-1]), strict=True) if not _twice(item, before))
    out: list[str] = []
    open_groups = 0
    doubts = 0
    closing: set[int] = set()
    for place, item in enumerate(items[1:], 1):
        if item.kind == "end":
            out.append(r"\Z")
        elif item.kind == "folders":
            stop = _settled_folders(items, place)
            if stop:
                out.append("(?>(?:.*?/)??")
                closing.add(stop)
                open_groups += 1
            else:
                out.append("(?:.*/)?")
                doubts += 1
        elif item.kind != "set":
            return None
        elif item.high == item.low == 1:
            out.append(written(item.ranges))
        elif (item.low, item.high) != (0, MANY):
            return None
        elif _disjoint(item, items[place + 1]):
            out.append(written(item.ranges) + "*+")
        elif stop := _settled_star(items, place):
            chunk = "".join(written(one.ranges) for one in items[place + 1 : stop])
            out.append(f"(?>{written(item.ranges)}*?(?={chunk}))")
        else:
            out.append(written(item.ranges) + "*")
            doubts += 1
        if place in closing:
            out.append(")")
            open_groups -= 1
    return "".join(out) if doubts <= 2 and not open_groups else None


def _twice(item: Item, before: Item | None) -> bool:
    """Whether the item only says again what the one before it says."""
    return item == before and (item.kind == "folders" or (item.low, item.high) == (0, MANY))


def _disjoint(star: Item, after: Item) -> bool:
    """Whether a run of the star's characters can end at one place only."""
    if after.kind == "end":
        return True
    one = after.kind == "set" and after.low > 0
    return one and not any(low <= high and _meets(low, high, star.ranges) for low, high in after.ranges)


def _meets(low: int, high: int, ranges: Ranges) -> bool:
    return any(low <= other_high and other_low <= high for other_low, other_high in ranges)


def _exact(item: Item) -> bool:
    """Whether the item is one character that either must be `/` or cannot be."""
    one = item.kind == "set" and item.low == item.high == 1
    return one and (item.ranges == single("/") or not holds(item.ranges, "/"))


def _settled_star(items: Items, place: int) -> int:
    """The place of the next star, where the first fit of what lies between is as good as any; else 0.

    Both stars stop at `/` only, and what lies between says where each `/` is: so a later fit reaches no farther.
    """
    stop = place + 1
    while _exact(items[stop]):
        stop += 1
    following = items[stop]
    both = items[place].ranges == NOT_SLASH and following == Item("set", NOT_SLASH, 0, MANY)
    return stop if both else 0


def _settled_folders(items: Items, place: int) -> int:
    """The place of the last `/` before the next `folders`, where the first fit is as good as any; else 0."""
    stop = place + 1
    while _exact(items[stop]) or items[stop] == Item("set", NOT_SLASH, 0, MANY):
        stop += 1
    return stop - 1 if items[stop].kind == "folders" and items[stop - 1].literal == "/" else 0
