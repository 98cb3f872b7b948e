"""Lists of ignore patterns as moby/patternmatcher (as vendored by BuildKit v0.32.2) reads and applies them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from ..named_tuple import NamedTuple
from ..typing import Literal
from .goregex import MANY, NOT_SLASH, Item, Items, parse, python, searches
from .match import clean, compiled
from .tree import ContextError

# What Go's strings.TrimSpace takes off; Python's strip() takes off more.
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
UNKNOWN = -1  # the bits of a path of which it is not known what its parents match

_ANY_NAME = Item("set", NOT_SLASH, 0, MANY)


Kind = Literal["exact", "prefix", "suffix", "expression"]


class _Pattern(NamedTuple):
    """One pattern without its `!`: `text` is what an exact, prefix or suffix match compares with.

    `head` is what every path that matches begins with; `slashes` how many it has, -1 where that varies.
    """

    kind: Kind
    text: str
    expression: tuple[Items, ...] = ()
    python: str | None = None
    head: str = ""
    slashes: int = -1

    def matches(self, path: str) -> bool:
        """Whether the path matches, parents aside."""
        match self.kind:
            case "exact":
                return path == self.text
            case "prefix":
                return path.startswith(self.text)
            case "suffix":
                return path.endswith(self.text) or (self.text.startswith("/") and path == self.text[1:])
            case "expression":
                return searches(self.expression, path)

    def may_match_below(self, folder: str) -> bool:
        """Whether some path below the directory might match."""
        below = folder + "/"
        if self.kind == "exact":
            return self.text.startswith(below)
        return self.head.startswith(below) or below.startswith(self.head)


class _Run:
    """Neighbouring patterns that all exclude or all re-include: which of them matches makes no difference."""

    def __init__(self, patterns: Sequence[_Pattern], reincludes: bool) -> None:
        self.patterns = patterns
        self.reincludes = reincludes
        self._exact: dict[str, set[str]] = {}
        for one in patterns:
            if one.kind == "exact" or (one.kind == "suffix" and one.text.startswith("/")):
                parent, _, name = one.text.removeprefix("/" if one.kind == "suffix" else "").rpartition("/")
                self._exact.setdefault(parent, set()).add(name)
        self._prefixes = tuple(one.text for one in patterns if one.kind == "prefix")
        suffixes = {one.text for one in patterns if one.kind == "suffix"}
        suffixes.update(end for end in map(_ending, patterns) if end is not None)
        self._names = {end[1:] for end in suffixes if end.startswith("/") and "/" not in end[1:]}
        self._endings = tuple(end for end in suffixes if "/" not in end)
        self._long_endings = tuple(end for end in suffixes if "/" in end.removeprefix("/"))
        rest = [one for one in patterns if one.kind == "expression" and _ending(one) is None]
        self._slow = [one for one in rest if one.python is None]
        self._quick = [one for one in rest if one.python is not None]
        self._by_slashes: dict[int, re.Pattern[str] | None] = {}

    def matches(self, path: str) -> bool:
        """Whether one of the patterns matches the path itself."""
        folder, _, name = path.rpartition("/")
        return bool(self.among(folder, {name}))

    def among(self, folder: str, names: Set[str]) -> set[str]:
        """The names of the directory's entries that one of the patterns matches."""
        start = folder + "/" if folder else ""
        if "\n" in folder or any("\n" in name for name in names):
            return {name for name in names if any(one.matches(start + name) for one in self.patterns)}
        if self._prefixes and start.startswith(self._prefixes):
            return set(names)
        found = set(names & self._names)
        if folder in self._exact:
            found |= names & self._exact[folder]
        if self._endings:
            endings = self._endings
            found |= {name for name in names if name.endswith(endings)}
        for prefix in self._prefixes:
            if prefix.startswith(start):
                found |= {name for name in names if name.startswith(prefix[len(start) :])}
        if self._long_endings:
            found |= {name for name in names if f"{start}{name}".endswith(self._long_endings)}
        slashes = start.count("/")
        expression = self._by_slashes[slashes] if slashes in self._by_slashes else self._joined(slashes)
        if expression is not None:
            match = expression.match
            found |= {name for name in names if match(start + name)}
        for one in self._slow:
            found |= {name for name in names if one.matches(start + name)}
        return found

    def may_match_below(self, folder: str) -> bool:
        """Whether some path below the directory might match."""
        return any(one.may_match_below(folder) for one in self.patterns)

    def _joined(self, slashes: int) -> re.Pattern[str] | None:
        """The quick expressions that a path with so many slashes might match."""
        parts = {one.python: None for one in self._quick if one.slashes in (slashes, -1)}
        joined = re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None
        self._by_slashes[slashes] = joined
        return joined


class Patterns:
    """A list of patterns, applied in order; each path is decided together with its parents.

    What the parents of a path matched is passed on as bits: the engine looks at a pattern again only where no
    parent has matched it, and never at one that could not change the answer (MatchesUsingParentResults).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """The patterns, cleaned; raises ContextError where the engine refuses one."""
        self._runs: list[_Run] = []
        group: list[_Pattern] = []
        before = False
        for text in texts:
            cleaned = text.strip(BLANKS)
            if not cleaned:
                continue
            cleaned = clean(cleaned)
            reincludes = cleaned.startswith("!")
            if cleaned == "!":
                raise ContextError("malformed pattern `!`: write what to re-include after the `!`")
            if group and reincludes != before:
                self._runs.append(_Run(group, before))
                group = []
            before = reincludes
            group.append(_read(cleaned.removeprefix("!") if reincludes else cleaned))
        if group:
            self._runs.append(_Run(group, before))
        self.reincludes = any(run.reincludes for run in self._runs)

    def step(self, path: str, parents: int = UNKNOWN) -> tuple[bool, int]:
        """Whether the patterns match the path, and the bits for the paths right below it.

        `parents` are the bits of its parent; UNKNOWN makes the patterns look at every parent too.
        """
        matched, bits = False, 0
        known = parents if parents >= 0 else 0
        for place, run in enumerate(self._runs):
            bit = 1 << place
            if known & bit or (run.reincludes == matched and self._hits(run, path, parents)):
                bits |= bit
                matched = not run.reincludes
        return matched, bits

    def among(self, folder: str, names: Set[str], parents: int) -> set[str]:
        """The names of the directory's entries that match, as by `step`; `parents` are the directory's bits."""
        matched: set[str] = set()
        for place, run in enumerate(self._runs):
            if parents & 1 << place:
                matched = set() if run.reincludes else set(names)
            elif run.reincludes:
                matched -= run.among(folder, matched) if matched else matched
            elif len(matched) < len(names):
                matched |= run.among(folder, names - matched if matched else names)
        return matched

    def settled(self, path: str, bits: int) -> bool:
        """Whether all that lies below a matched directory is matched too, `bits` being those of the directory."""
        return not any(run.reincludes and run.may_match_below(path) for run in self._runs[bits.bit_length() :])

    def _hits(self, run: _Run, path: str, parents: int) -> bool:
        if run.matches(path):
            return True
        at = path.find("/") if parents < 0 else -1
        while at >= 0:
            if run.matches(path[:at]):
                return True
            at = path.find("/", at + 1)
        return False


def _read(text: str) -> _Pattern:
    """One cleaned pattern; raises ContextError where Go's path.Match or regexp refuse it."""
    compiled(text)
    kind, source = _source(text)
    if kind == "exact":
        return _Pattern("exact", text)
    if kind == "prefix":
        return _Pattern("prefix", text[:-2], head=text[:-2])
    if kind == "suffix":
        return _Pattern("suffix", text[2:])
    try:
        expression = parse(source)
    except ValueError as error:
        raise ContextError(
            f"malformed pattern `{text}`: the engine reads it as a regular expression and finds {error};"
            " write `/` between names and `\\` only before a sign"
        ) from error
    items = expression[0] if len(expression) == 1 else ()
    return _Pattern("expression", text, expression, python(items), _head(items), _slashes(items))


def _source(text: str) -> tuple[Kind, str]:
    """How a pattern is matched, and the regular expression that it becomes (patternmatcher.go:compile)."""
    kind: Kind = "exact"
    out = ["^"]
    text = text.removeprefix("\ufeff")
    at = 0
    while at < len(text):
        start, character = at, text[at]
        at += 1
        if character == "*" and text.startswith("*", at):
            at += 1
            at += text.startswith("/", at)
            if at < len(text):
                out.append("(.*/)?")
                kind = "expression"
            elif kind == "exact":
                kind = "prefix"
            else:
                out.append(".*")
                kind = "expression"
            if start == 0:
                kind = "suffix"
        elif character in "*?":
            out.append("[^/]*" if character == "*" else "[^/]")
            kind = "expression"
        elif character in ".+()$":
            out.append("\\" + character)
        elif character == "\\" and at < len(text):
            out.append("\\" + text[at])
            at += 1
            kind = "expression"
        else:
            out.append(character)
            if character in "[]":
                kind = "expression"
    return kind, "".join(out) + "$"


def _literals(items: Items) -> str | None:
    """The text of items that are one character each; None where one is not."""
    letters = [item.literal for item in items]
    return "".join(letters) if all(letters) else None


def _ending(pattern: _Pattern) -> str | None:
    """The ending that alone decides, as of `**/*.log`; None where more does."""
    items = pattern.expression[0] if len(pattern.expression) == 1 else ()
    if len(items) < 4 or items[1].kind != "folders" or items[2] != _ANY_NAME or items[-1].kind != "end":
        return None
    tail = _literals(items[3:-1])
    return tail if items[0].kind == "start" and tail is not None and "/" not in tail else None


def _head(items: Items) -> str:
    if not items or items[0].kind != "start":
        return ""
    letters: list[str] = []
    for item in items[1:]:
        if not item.literal:
            break
        letters.append(item.literal)
    return "".join(letters)


def _slashes(items: Items) -> int:
    """How many slashes every path that matches has; -1 where that varies."""
    count = 0
    for item in items:
        if item.kind == "folders" or (item.kind == "set" and item.literal != "/" and _may_be_slash(item)):
            return -1
        if item.literal == "/":
            count += 1
    return count if items else -1


def _may_be_slash(item: Item) -> bool:
    return any(low <= 0x2F <= high for low, high in item.ranges)
