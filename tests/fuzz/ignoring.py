"""A plain model of moby/patternmatcher, for patterns of names, `*`, `**` and `?` alone: a regular expression each."""

from __future__ import annotations

import re
from typing import NamedTuple

_READABLE = re.compile(r"!?[\w/*? -]+(?:\.[\w/*? -]+)*")


class Rule(NamedTuple):
    """One pattern: what it matches, and whether it takes a path in again."""

    expression: re.Pattern[str]
    reincludes: bool


def modelled(patterns: tuple[str, ...]) -> tuple[Rule, ...] | None:
    """The model of patterns, None where one of them is not to be read plainly or could take long."""
    if not all(_READABLE.fullmatch(one) and one.count("*") <= 6 for one in patterns):
        return None
    return tuple(_rule(one.strip(" ")) for one in patterns)  # `/ a` is read as ` a` and matched as `a`


def _rule(pattern: str) -> Rule:
    text = pattern.removeprefix("!")
    bare = text.removeprefix("**")
    if bare != text and not set(bare) & {"*", "?"}:  # compared as an ending (patternmatcher.go: suffixMatch)
        ending = re.escape(bare)
        source = f".*{ending}|{re.escape(bare[1:])}" if bare.startswith("/") else f".*{ending}"
        return Rule(re.compile(source, re.DOTALL), pattern.startswith("!"))
    out = ""
    for piece in re.findall(r"\*\*/?|.", text, re.DOTALL):
        if piece.startswith("**"):
            out += "\0"
        else:
            out += "[^/]*" if piece == "*" else "[^/]" if piece == "?" else re.escape(piece)
    out = re.sub("\0$", "(?s:.*)", out).replace("\0", "(?:.*/)?")
    return Rule(re.compile(out), pattern.startswith("!"))


def decided(model: tuple[Rule, ...], path: str) -> bool:
    """Whether the patterns match the path, its parents decided first (MatchesUsingParentResults)."""
    matched = False
    parents = [False] * len(model)
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        matched = False
        name = "/".join(parts[:depth])
        for place, rule in enumerate(model):
            if not parents[place] and rule.reincludes == matched:
                parents[place] = rule.expression.fullmatch(name) is not None
            if parents[place]:
                matched = not rule.reincludes
    return matched
