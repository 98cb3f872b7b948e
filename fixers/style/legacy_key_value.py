"""Writes `key=value`, the value in double quotes where it has white space. Safe: the engine reads the same value.

A value whose quotes, escapes or spaces in `${…}` would be read in another way is left alone, and so is one whose key a
comment parts from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile import parse
from ...analyzer.dockerfile.syntax import Dockerfile, Env, Other, Pair
from ...analyzer.source import Edit, SourceFile, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..verify import values

_KEY = re.compile(r"[\w.\-/]+")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """An equals sign between key and value, and quotes where they are needed."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is None or not isinstance(one.body, Env | Other) or len(one.body.pairs) != 1:
        return
    pair, source, escape = one.body.pairs[0], see.source, see.dockerfile.escape
    start, end = pair.span
    if _KEY.fullmatch(pair.key) is None or not source.startswith(pair.key, start):
        return
    between = _separator(source[start + len(pair.key) : end], escape)
    if between is None:
        return
    value = start + len(pair.key) + between
    separator = Span(start + len(pair.key), value)
    for quote in ("", '"'):
        written = f"{one.keyword} {pair.key}={quote}{source[value:end]}{quote}\n"
        if _reads(written, pair, see.dockerfile):
            edits = [Edit(separator, f"={quote}")]
            if quote:
                edits.append(Edit(Span(end, end), quote))
            yield Fix(f"write `{pair.key}=…`", True, {see.path: tuple(edits)})
            return


def _separator(text: str, escape: str) -> int | None:
    """How long the white space is that a text begins with, continuations included; None where a comment is in it."""
    found = re.match(rf"(?:[ \t]|{re.escape(escape)}[ \t]*\r?\n)+", text)
    return None if found is None or text.startswith("#", found.end()) else found.end()


def _reads(written: str, pair: Pair, dockerfile: Dockerfile) -> bool:
    """Whether an instruction in the new form has the value that the old one had."""
    escape = dockerfile.escape
    head = "" if escape == "\\" else f"# escape={escape}\n"
    read = parse(SourceFile("", f"{head}FROM scratch\n{written}"))
    one = read.stages[0].instructions[-1]
    if read.problems or len(read.stages[0].instructions) != 2 or not isinstance(one.body, Env | Other):
        return False
    if isinstance(one.body, Env) and one.body.legacy:
        return False
    return [(new.key, values(new.value or "", escape)) for new in one.body.pairs] == [
        (pair.key, values(pair.value or "", escape))
    ]
