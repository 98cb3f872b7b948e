"""Writes the whole path where the file tells it. Safe: it is the same directory.

Where only the base image tells the directory before it, or the path has variables in it, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.graph import is_unknown
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.reach import step_of
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at

_PLAIN = re.compile(r"[\w.@+-][\w./@+-]*")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The path from the root on."""
    one = instruction_at(see.dockerfile, found.primary)
    step = None if one is None else step_of(one, see)
    written = see.source[found.primary.start : found.primary.end]
    if step is None or _PLAIN.fullmatch(written) is None:
        return
    whole = step.scope.workdir
    if whole.startswith("/") and not is_unknown(whole):
        yield Fix(f"write `{whole}`", True, {see.path: (Edit(found.primary, whole),)})
