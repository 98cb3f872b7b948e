"""Adds `sharing=locked`, so that one step waits for the other.

Safe: what lies in a cache mount is in no image, and apt in one step does the same whether another waits for it or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Run
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The mount with a lock."""
    instruction = instruction_at(see.dockerfile, found.primary)
    if instruction is None or not isinstance(instruction.body, Run):
        return
    mount = next((one for one in instruction.body.mounts if one.span == found.primary), None)
    if mount is None:
        return
    text = see.source[mount.span.start : mount.span.end]
    place, new = Span(mount.span.end, mount.span.end), ",sharing=locked"
    if mount.sharing is not None:
        at = text.lower().rfind("sharing=") + len("sharing=")
        if not text[at:].startswith(mount.sharing):
            return  # the value is quoted, or a continuation is in it
        place, new = Span(mount.span.start + at, mount.span.start + at + len(mount.sharing)), "locked"
    elif '"' in text or "'" in text or text.endswith(","):
        return
    yield Fix("add `sharing=locked`", True, {see.path: (Edit(place, new),)})
