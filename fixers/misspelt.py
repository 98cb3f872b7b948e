"""Writes the defined variable in the place of one that nothing defines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.source import Edit, Span
from ..rules.bases import Misspelt
from ..rules.facts import Facts
from ..rules.rule import Diagnostic, Fix


def respelt(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The name that is nearest, where the wrong one stands once in what was found."""
    if not isinstance(found.evidence, Misspelt):
        return
    name, near = found.evidence
    places = list(re.finditer(rf"\$\{{?({re.escape(name)})(?!\w)", see.source[found.primary.start : found.primary.end]))
    if len(places) == 1:
        start, end = (found.primary.start + at for at in places[0].span(1))
        edits = {see.path: (Edit(Span(start, end), near),)}
        yield Fix(f"write `{near}` for `{name}`", False, edits, assumes=f"`{near}` is the variable that is meant")
