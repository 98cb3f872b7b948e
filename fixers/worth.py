"""Whether moving copies below an install pays, by what the last commits changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..analyzer.context import ContextError, Selection
from ..analyzer.costs import SECONDS
from ..analyzer.graph import Step
from ..rules.copies import context_sources
from ..rules.facts import Facts

# So many commits say more than what a copy looks like.
_ENOUGH = 20


def costs_more(moved: Collection[Step], kept: Iterable[Step], files: Iterable[str], see: Facts) -> bool:
    """Whether the last commits would have cost more with copies below an install than with them above it.

    `kept` are the copies that stay above it, `files` those of the context that are copied first. Each commit that
    changes only what is moved saves the install, each that changes only what is copied first costs the copies.
    False where git does not tell.
    """
    past = see.volatility
    if past is None or past.observed < _ENOUGH:
        return False
    try:
        below = past.often(*_taken(moved)).builds
        above = past.often(*_taken(kept), *(Selection(path) for path in files)).builds
    except ContextError:
        return False
    saved, lost = (below & ~above).bit_count(), (above & ~below).bit_count()
    return lost > 0 and saved * SECONDS["install"] <= lost * len(moved) * SECONDS["copy"]


def _taken(steps: Iterable[Step]) -> Iterable[Selection]:
    return (taken for step in steps for _, _, taken in context_sources(step))
