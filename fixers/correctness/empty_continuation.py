"""Removes the blank lines inside the instruction. Safe: the engine skips them."""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.correctness.empty_continuation import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The instruction without its blank lines."""
    assert isinstance(found.evidence, Evidence)
    blank = found.evidence.blank
    title = "remove the blank line" if len(blank) == 1 else f"remove the {len(blank)} blank lines"
    yield Fix(title, True, {see.path: tuple(Edit(one, "") for one in blank)})
