"""Moves the WORKDIR below the long steps that need no working directory.

Safe: those steps name all their files from the root, and touch nothing where the directory is.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..reorder import lowered


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file with the directory entered further down."""
    return lowered(found, see)
