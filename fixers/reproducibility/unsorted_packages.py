"""Sorts the names; the rows stay as they are.

Unsafe: where a dependency can be met by one of several packages, a package manager may choose by the order of the
names.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.reproducibility.unsorted_packages import Evidence
from ...rules.rule import Diagnostic, Fix


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The same names, in order, in the same places."""
    assert isinstance(found.evidence, Evidence)
    places = found.evidence.names
    if len(set(places)) != len(places):
        return  # inside `sh -c`, where no word has a place of its own
    names = [see.source[place.start : place.end] for place in places]
    wanted = sorted(names, key=lambda name: (name.strip("\"'").lower(), name))
    edits = tuple(Edit(place, new) for place, old, new in zip(places, names, wanted, strict=True) if old != new)
    yield Fix("sort the names", False, {see.path: edits}, assumes="their order decides nothing of what is installed")
