"""Writes the key in lower case. Not safe: the image has another label.

That is done where nothing else is wrong with the key, and the stage does not set the other one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Other
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.labels.invalid_key import fault
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The label with its key in lower case."""
    one = instruction_at(see.dockerfile, found.primary)
    pairs = one.body.pairs if one is not None and isinstance(one.body, Other) else ()
    pair = next((pair for pair in pairs if pair.span == found.primary), None)
    if one is None or pair is None or not see.source.startswith(pair.key, found.primary.start):
        return
    key, start = pair.key.lower(), found.primary.start
    others = {
        other.key.strip("\"'")
        for label in see.dockerfile.stages[one.stage].instructions
        if label.keyword == "LABEL" and isinstance(label.body, Other)
        for other in label.body.pairs
    }
    if key != pair.key and pair.key.isascii() and not fault(key.strip("\"'")) and key.strip("\"'") not in others:
        edits = {see.path: (Edit(Span(start, start + len(key)), key),)}
        yield Fix(f"write `{key}`", False, edits, assumes=f"nothing looks for the label `{pair.key}`")
