"""Writes the name of a stage in lower case, where `--from` names it, too.

Safe: the engine stores it so, and finds it by `--from` and `--target` in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instructions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The name in lower case, everywhere."""
    name = see.source[found.primary.start : found.primary.end]
    edits = [Edit(found.primary, name.lower())]
    named = re.compile(rf"((?:^--|[=,])from=){re.escape(name)}(?=,|$)")
    for one in instructions(see.dockerfile):
        for flag in one.flags:
            written = see.source[flag.span.start : flag.span.end]
            renamed = named.sub(lambda match: match[1] + name.lower(), written)
            if written == flag.text and renamed != written:
                edits.append(Edit(flag.span, renamed))
    yield Fix(f"call it `{name.lower()}`", True, {see.path: tuple(edits)})
