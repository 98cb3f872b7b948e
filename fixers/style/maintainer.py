"""Writes the label in the place of MAINTAINER. Not safe: the image loses its `Author` field.

A MAINTAINER of several lines is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Other
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at

_KEY = "org.opencontainers.image.authors"


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """A LABEL with the same text; quotes around the whole of it are taken off."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is None or not isinstance(one.body, Other) or one.keyword != "MAINTAINER":
        return
    written = see.source[one.span.start : one.span.end]
    who = written[len(one.keyword) :].strip()
    if "\n" in written or not who.isprintable() or not who:
        return
    if len(who) > 1 and who[0] == who[-1] and who[0] in "\"'" and who[0] not in who[1:-1]:
        who = who[1:-1]
    escape = see.dockerfile.escape
    for special in (escape, '"', "$"):
        who = who.replace(special, escape + special)
    label = "LABEL" if written[: len(one.keyword)].isupper() else "label"
    yield Fix(
        f"write it as the label `{_KEY}`",
        False,
        {see.path: (Edit(one.span, f'{label} {_KEY}="{who}"'),)},
        assumes="no tool reads the `Author` field of the image",
    )
