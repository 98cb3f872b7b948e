"""Writes two instructions, so that the second one sees what the first one sets. Not safe: the value is another one.

An ENV that reads a variable before the pair that sets it, or that has comments between its lines, is left alone; so is
one whose value the path of a later COPY or WORKDIR depends on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile import names
from ...analyzer.dockerfile.syntax import Arg, Env, From, Instruction, Run
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.reading import behind, carried
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ENV ended in front of the pair that reads, and a new one from there on."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is None or not isinstance(one.body, Env):
        return
    pairs = one.body.pairs
    at = next((number for number, pair in enumerate(pairs) if pair.span == found.primary), 0)
    escape = see.dockerfile.escape
    earlier = {pair.key for pair in pairs[:at]}
    read = set(names(pairs[at].value or "", escape, word=True)) - {pairs[at].key}
    later = {name for pair in pairs[at + 1 :] for name in names(pair.value or "", escape, word=True)}
    if not at or not read & earlier or later & earlier or read & {pair.key for pair in pairs[at:]}:
        return
    between = Span(pairs[at - 1].span.end, pairs[at].span.start)
    blank = rf"(?:[ \t]|{re.escape(escape)}[ \t]*\r?\n)+"
    if re.fullmatch(blank, see.source[slice(*between)]) is None:
        return
    keyword = see.source[one.span.start : one.span.start + len(one.keyword)]
    changed = _changed(one, pairs[at].key, see)
    if changed is None:
        return
    yield Fix(
        f"set `{pairs[at].key}` in an ENV of its own",
        False,
        {see.path: (Edit(between, f"{see.dockerfile.source.newline}{keyword} "),)},
        assumes=f"`{pairs[at].key}` is meant to see what the instruction sets",
        alters=changed,
    )


def _changed(one: Instruction, name: str, see: Facts) -> frozenset[str] | None:
    """The variables that have another value behind the instruction; None where one is part of more than a RUN sees."""
    if see.graph is None:
        return None
    later = tuple(behind(see.graph, see, one))
    changed = carried((one, *later), name, see)
    others = (other for other in later if not isinstance(other.body, Run | Env | Arg | From))
    return None if any(changed & set(names(other.text, see.dockerfile.escape)) for other in others) else changed
