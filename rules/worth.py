"""Whether an install above copies pays, by what the last commits changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..analyzer.context import ContextError, Selection
from ..analyzer.graph import Step
from .copies import context_sources
from .facts import Facts

# So many commits say more than what a copy looks like, and so many of them that changed something more than chance.
_ENOUGH, _TELLING = 20, 10


def costs_more(moved: Collection[Step], kept: Iterable[Step], files: Iterable[str], see: Facts) -> bool:
    """Whether the last commits would have cost more with copies below an install than with them above it.

    `kept` are the copies that stay above it, `files` those of the context that are copied first. Each commit that
    changes only what is moved saves the install, each that changes only what is copied first costs the copies.
    False where git does not tell.
    """
    from ..analyzer.costs import SECONDS  # a lint does without it

    past = _past(moved, kept, files, see)
    if past is None:
        return False
    saved, lost = ((one & ~other).bit_count() for one, other in (past, past[::-1]))
    return lost > 0 and saved * SECONDS["install"] <= lost * len(moved) * SECONDS["copy"]


def never_pays(moved: Collection[Step], kept: Iterable[Step], files: Iterable[str], see: Facts) -> bool:
    """Whether none of the last commits changed only what is moved, though ten or more changed that or the rest."""
    past = _past(moved, kept, files, see)
    if past is None:
        return False
    below, above = past
    return not below & ~above and (below | above).bit_count() >= _TELLING


def _past(moved: Iterable[Step], kept: Iterable[Step], files: Iterable[str], see: Facts) -> tuple[int, int] | None:
    """The commits that changed what is moved, and what is copied above, as bits; None where git does not tell."""
    past = see.volatility
    if past is None or past.observed < _ENOUGH:
        return None
    try:
        above = past.often(*_taken(kept), *(Selection(path) for path in files))
        return past.often(*_taken(moved)).builds, above.builds
    except ContextError:
        return None


def _taken(steps: Iterable[Step]) -> Iterable[Selection]:
    return (taken for step in steps for _, _, taken in context_sources(step))
