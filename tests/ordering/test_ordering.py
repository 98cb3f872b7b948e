"""The best order: as good as trying all of them, and never one that is not allowed."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcache.analyzer import ordering
from dcache.analyzer.ordering import Item, best_order

_OBSERVED = 6


def _cost(items: list[Item], order: tuple[int, ...]) -> float:
    """The expected cost as the sentence says it: for each build, each step that it or an earlier one makes run."""
    total = 0.0
    for place, at in enumerate(order):
        before = [items[one] for one in order[: place + 1]]
        calm = 1.0
        for one in before:
            calm *= 1 - one.chance
        quiet = sum(all(not one.builds >> build & 1 for one in before) for build in range(_OBSERVED)) / _OBSERVED
        total += items[at].cost * (1 - quiet * calm)
    return total


def _allowed(order: tuple[int, ...], after: dict[int, frozenset[int]]) -> bool:
    places = {at: place for place, at in enumerate(order)}
    return all(places[one] < places[at] for at, needed in after.items() for one in needed)


@st.composite
def _stages(draw: st.DrawFn) -> tuple[list[Item], dict[int, frozenset[int]]]:
    count = draw(st.integers(0, 6))
    items = [
        Item(
            draw(st.sampled_from([0.0, 0.5, 8.0, 77.0])),
            draw(st.integers(0, 2**_OBSERVED - 1)) if draw(st.booleans()) else 0,
            draw(st.sampled_from([0.0, 0.0, 0.25, 1.0])),
        )
        for _ in range(count)
    ]
    after = {at: frozenset(draw(st.sets(st.integers(0, at - 1)))) if at else frozenset[int]() for at in range(count)}
    return items, after


@settings(deadline=None, max_examples=150)
@given(_stages())
def test_no_other_order_is_cheaper(stage: tuple[list[Item], dict[int, frozenset[int]]]) -> None:
    items, after = stage
    found = best_order(items, after, _OBSERVED)
    assert found.exact
    assert sorted(found.order) == list(range(len(items)))
    assert _allowed(found.order, after)
    allowed = [order for order in permutations(range(len(items))) if _allowed(order, after)]
    least = min(_cost(items, order) for order in allowed)
    assert found.cost == pytest.approx(least) == pytest.approx(_cost(items, found.order))
    assert found.before == pytest.approx(_cost(items, tuple(range(len(items)))))
    cheapest = [order for order in allowed if _cost(items, order) == pytest.approx(least, rel=1e-9, abs=1e-9)]
    assert found.order == min(cheapest)


def test_the_given_order_stays_where_it_is_as_good() -> None:
    items = [Item(1.0, chance=0.5), Item(1.0, chance=0.5), Item(0.0), Item(2.0, chance=0.5)]
    assert best_order(items[:3], {}).order == (0, 1, 2)
    assert best_order(items, {3: frozenset({0})}).order == (0, 2, 3, 1)


def test_what_changes_seldom_goes_first() -> None:
    copy, install = Item(0.5, builds=0b11110), Item(77.0)
    assert best_order([copy, install], {}, 5).order == (1, 0)
    assert best_order([copy, install], {1: frozenset({0})}, 5).order == (0, 1)


def test_what_changes_together_costs_once() -> None:
    """Two copies that change on the same commits make no more misses than one: independence would say otherwise."""
    items = [Item(1.0, builds=0b0011), Item(50.0, builds=0b0011), Item(1.0, builds=0b1100), Item(50.0)]
    found = best_order(items, {}, 4)
    assert found.cost == pytest.approx(50 * 0 + 1 * 0.5 + 50 * 0.5 + 1 * 1.0)


def test_too_many_orders_keep_the_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Item(float(at), chance=0.5) for at in range(12)]
    assert best_order(items, {}).exact
    monkeypatch.setattr(ordering, "MOST_STATES", 100)
    found = best_order(items, {})
    assert not found.exact
    assert found.order == tuple(range(12)) and found.cost == found.before
    assert not best_order([Item(1.0)] * 301, {}).exact


def test_a_long_stage_of_what_never_changes_is_done_at_once() -> None:
    items = [Item(8.0)] * 299
    assert best_order(items, {}).order == tuple(range(299))
    assert best_order([*items[:298], Item(1.0, chance=0.1)], {298: frozenset({297})}).exact


def test_nothing_has_an_order_too() -> None:
    assert best_order([], {}) == ((), 0.0, 0.0, True)
