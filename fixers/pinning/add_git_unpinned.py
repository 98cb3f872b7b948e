"""Writes the commit that the lock of `dcache pin` holds in the place of the branch or the tag.

Unsafe: newer commits no longer come in by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..source_wants import repository_wants
from ..wants import pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The source, pinned if the lock knows it."""
    instruction = instruction_at(see.dockerfile, found.primary)
    if found.confidence == "low":
        return  # a tag: only `dcache pin` pins it
    if instruction is not None and not see.is_trigger(instruction):
        yield from pinning(found, repository_wants(found, instruction, see), see)
