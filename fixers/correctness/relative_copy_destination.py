"""Writes the whole path in stages that begin on `scratch`. Safe: the directory there is the root.

In other stages only the base image tells the directory: nothing is changed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at

_PLAIN = re.compile(r"[\w.@+-][\w./@+-]*")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The path from the root on."""
    one = instruction_at(see.dockerfile, found.primary)
    written = see.source[found.primary.start : found.primary.end]
    if one is None or not see.bases.from_scratch(one.stage) or _PLAIN.fullmatch(written) is None:
        return
    whole = posixpath.normpath("/" + written)
    if whole != "/" and (written.endswith(("/", "/.")) or written == "."):
        whole += "/"
    yield Fix(f"write `{whole}`", True, {see.path: (Edit(found.primary, whole),)})
