"""Writes AS in the case of its FROM. Safe: the engine reads it in any case."""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ...rules.style.as_case import Evidence


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """AS in the other case."""
    assert isinstance(found.evidence, Evidence)
    wanted = found.evidence.wanted
    yield Fix(f"write `{wanted}`", True, {see.path: (Edit(found.primary, wanted),)})
