"""Removes the instruction that does not count, with the comments directly above it.

Safe: a later one of its kind replaces all that it says (dockerfile2llb/convert.go: dispatchCmd, dispatchEntrypoint and
dispatchHealthcheck).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at, remove


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The stage without it."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is not None:
        line = see.source.count("\n", 0, one.span.start) + 1
        yield Fix(f"remove the `{one.keyword}` on line {line}", True, {see.path: (remove(see.dockerfile, one),)})
