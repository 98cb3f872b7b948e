"""Sets the snapshot of the archive that the lock of `dcache pin` holds, above the first call of apt.

Unsafe: what is installed is as old as the snapshot, and the image keeps it as its source of packages.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..snapshot_wants import snapshot_wants
from ..wants import pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The snapshot, if the lock knows its time, and the finding is about the RUN that it has to stand above."""
    around = (one for one in snapshot_wants(see) if one.place.start <= found.primary.start < one.place.end)
    yield from pinning(found, around, see)
