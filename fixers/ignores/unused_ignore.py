"""Removes the name that hides nothing, and the comment where it is the last one. Safe: comments are no part of a build.

Comments for other linters are left alone, since those may find what dcache does not, and so are names of no rule, which
may be misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.ignores.unused_ignore import Evidence
from ...rules.rule import Diagnostic, Fix

_DIRECTIVE = re.compile(r"\s*#\s*\w+\s*=")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The comment without the name, or nothing of it."""
    evidence = found.evidence
    assert isinstance(evidence, Evidence)
    if evidence.tool != "dcache" or not evidence.known:
        return
    start, end = found.primary
    if evidence.alone:
        row = Span(see.source.rfind("\n", 0, start) + 1, _below(see.source, end))
        if not see.source[row.start : start].strip() and _DIRECTIVE.match(see.source, row.end) is None:
            yield Fix("remove the comment", True, {see.path: (Edit(row, ""),)})
        return
    name = re.escape(evidence.name)
    place = re.search(rf"(?<=[\[,])\s*{name}\s*,\s*|\s*,\s*{name}\s*(?=[\],])", see.source[start:end])
    if place is not None:
        first, last = place.span()
        yield Fix(f"remove `{evidence.name}`", True, {see.path: (Edit(Span(start + first, start + last), ""),)})


def _below(text: str, offset: int) -> int:
    """Where the next row begins."""
    feed = text.find("\n", offset)
    return len(text) if feed < 0 else feed + 1
