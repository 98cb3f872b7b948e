"""Writes `=VERSION` behind each package that the lock of `dcache pin` holds.

Unsafe: archives drop versions that are superseded, and then the step fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..package_wants import wants_of
from ..wants import pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The packages of a command, pinned as far as the lock knows them."""
    instruction = instruction_at(see.dockerfile, found.primary)
    if instruction is not None and not see.is_trigger(instruction):
        yield from pinning(found, wants_of("apk", found, instruction, see), see)
