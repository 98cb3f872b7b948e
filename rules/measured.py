"""What a finding costs by what is known of the past: durations of real builds, and commits."""

from __future__ import annotations

from collections.abc import Iterable

from ..analyzer.context import ContextError, Selection
from ..analyzer.graph import Step
from .copies import fits
from .facts import Facts
from .reach import following


def measured(steps: Iterable[Step], see: Facts) -> str:
    """What steps took in builds whose durations are kept, in brackets behind their number; "" where none are."""
    told = see.costs.spent(step.instruction for step in steps).told
    return f" ({told})" if told else ""


def measured_from(step: Step, see: Facts) -> str:
    """What a step and those that stand on it took, in the same way."""
    return measured((step, *following(see.graph, step)), see) if see.graph is not None else ""


def changed(taken: Iterable[Selection], see: Facts) -> str:
    """On how many of the newest commits something changed that these selections take, as a clause, or ""."""
    wanted, context, graph = tuple(taken), see.context, see.graph
    if not wanted or context is None or graph is None or not fits(graph, context):
        return ""
    volatility = see.volatility
    if volatility is None:
        return ""
    try:
        told = volatility.often(*wanted).told
        return f"; what is copied there changed {told}" if told else ""
    except ContextError:
        return ""  # a malformed pattern: the engine refuses it
