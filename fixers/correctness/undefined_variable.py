"""Writes the defined variable whose name is nearest. Not safe: another one may be meant.

Where no defined name is near, nothing is changed; nor is it in WORKDIR, USER, ENV and ARG, which steps behind them see.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Other
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..misspelt import respelt


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The name that is nearest."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is not None and isinstance(one.body, Copy | Other):
        yield from respelt(found, see)
