"""Whether what a step reads is the same as what an earlier build's step read."""

from __future__ import annotations

from ..context.compare import Change
from ..named_tuple import NamedTuple
from ..typing import Literal

Sameness = Literal["same", "different", "unknown"]
Reason = Literal["", "context", "warm", "producer", "remote", "text", "image", "selection", "crowd"]


class Compared(NamedTuple):
    """The answer, what it rests on, and, for a context, the files that differ.

    `producer` is the vertex (of the new build) whose output decides, -1 for none.
    """

    sameness: Sameness
    reason: Reason = ""
    changes: tuple[Change, ...] = ()
    producer: int = -1


SAME = Compared("same")


def joined(parts: list[Compared]) -> Compared:
    """What several comparisons say together: different where one is, else unknown where one is."""
    for sameness in ("different", "unknown"):
        chosen = [part for part in parts if part.sameness == sameness]
        if chosen:
            changes = tuple(change for part in parts for change in part.changes)
            return chosen[0]._replace(changes=tuple(dict.fromkeys(changes)))
    return SAME
