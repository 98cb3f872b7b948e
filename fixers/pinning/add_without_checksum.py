"""Writes the checksum that the lock of `dcache pin` holds.

Unsafe: the build stops when the server sends something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..source_wants import download_wants
from ..wants import pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The source, pinned if the lock knows it."""
    instruction = instruction_at(see.dockerfile, found.primary)
    if instruction is not None and not see.is_trigger(instruction):
        yield from pinning(found, download_wants(found, instruction, see), see)
