"""Moves the ARG below the RUN steps that do not read it, and with it what needs it.

Safe where those steps run only programs of which it is known what they read of their environment. Unsafe where they run
a package manager, whose packages bring scripts of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..reorder import lowered


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The file with the declaration further down."""
    return lowered(found, see)
