"""Ends the destination in a slash.

Safe: without it the engine refuses the build, or the destination is a directory anyway.
One with a variable in it, which may be empty, and one in quotes that are no JSON are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The destination as a directory."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is None or not isinstance(one.body, Copy) or "$" in one.body.dest.text:
        return
    written = see.source[found.primary.start : found.primary.end]
    end = found.primary.end - int(one.body.json)
    if written == (f'"{one.body.dest.text}"' if one.body.json else one.body.dest.text.strip("\"'")):
        yield Fix(f"write `{one.body.dest.text}/`", True, {see.path: (Edit(Span(end, end), "/"),)})
