"""Checks the commit out that the lock of `dcache pin` holds, behind the clone.

Unsafe: newer commits no longer come in by themselves, and the clone is on no branch.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..source_wants import clone_wants
from ..wants import pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The commit, checked out if the lock knows it."""
    instruction = instruction_at(see.dockerfile, found.primary)
    if instruction is not None and not see.is_trigger(instruction):
        wants = (
            one
            for one in clone_wants(instruction, see)
            if one.place.start <= found.primary.start and found.primary.end <= one.place.end
        )
        yield from pinning(found, wants, see)
