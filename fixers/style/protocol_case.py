"""Writes the protocol in lower case. Safe: that is how the engine stores it.

A port that a variable holds is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The port with its protocol in lower case."""
    written = see.source[found.primary.start : found.primary.end]
    if written.isascii() and written.replace("/", "").replace("-", "").replace(":", "").replace(".", "").isalnum():
        yield Fix(f"write `{written.lower()}`", True, {see.path: (Edit(found.primary, written.lower()),)})
