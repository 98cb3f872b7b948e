"""Leaves only the container's port. Safe: the engine drops the rest.

A port that a variable holds is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix

_PORT = re.compile(r"(?:[\d.]+:)?[\d-]*:(\d+(?:-\d+)?(?:/\w+)?)")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The part behind the last colon."""
    match = _PORT.fullmatch(see.source, *found.primary)
    if match is not None:
        yield Fix(f"write `{match[1]}`", True, {see.path: (Edit(found.primary, match[1]),)})
