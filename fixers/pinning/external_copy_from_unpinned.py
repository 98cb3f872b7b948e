"""Writes the digest behind the image that files are copied from that the lock of `dcache pin` holds.

Unsafe: newer images of the tag, with their security updates, no longer come in by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..image_wants import image_wants
from ..wants import inside, pinning


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The image, pinned if the lock knows it."""
    yield from pinning(found, inside(image_wants(see), found.primary), see)
