"""Ends the RUN with `zypper clean`. Not safe: the image lacks the files of the cache.

A RUN whose end is not plain, such as a loop, a heredoc or a command in the background, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..cleaned import ended_with


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """One more command at the end of the RUN."""
    return ended_with("clean", found, see)
