"""The order of a stage's instructions that makes rebuilds cheapest, given what each costs and when it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isclose

from .named_tuple import NamedTuple

MOST_STATES = 20_000
"""How many sets of placed items are looked at before the search is given up: about a second of work."""
MOST_ITEMS = 300

# Costs that differ by less are equal: sums of the same numbers in another order.
_TOLERANCE = 1e-9


class Item(NamedTuple):
    """One instruction: its cost in seconds, and when it changes.

    `builds` has a bit for each observed build, set where the item changed since the one before; `chance` is the
    probability that it changes for a reason that was not observed, independent of all others.
    """

    cost: float
    builds: int = 0
    chance: float = 0.0


class Ordering(NamedTuple):
    """An order, as indices of items: `cost` is the expected cost of a rebuild with it, `before` with the given one.

    `exact` is False where there were too many orders to find the best: then the order is the given one.
    """

    order: tuple[int, ...]
    cost: float
    before: float
    exact: bool


def best_order(items: Sequence[Item], after: Mapping[int, frozenset[int]], observed: int = 0) -> Ordering:
    """The cheapest order of items in which each comes after those that `after` names; ties keep the given order.

    The given order must be one of those allowed. `observed` is how many builds the bits of `Item.builds` are about.

    A step runs again if it or one that stands before it has changed: an engine looks a step up by the one that it
    stands on. So an order x1 x2 … costs the sum of cost(xi) · P(one of x1 … xi changes), and the factor depends only on
    WHICH items stand up to xi, not on their order. The best order of a set S that allows S to be placed first (an order
    ideal of the partial order) therefore ends with some x and begins with a best order of S without x: best(S) =
    min over x of best(S - x) + cost(x) · P(S). That is the dynamic program over subsets of Held and Karp (1962), over
    ideals alone as Schrage and Baker (1978) do for precedence; here it runs from the end, over what is still to place.

    Items that never change are placed as soon as they may be. That loses nothing: moving such an item x forward, past
    items that it need not follow, leaves P of every other prefix as it is, and gives x the P of a smaller set, and
    P grows with the set. So the search branches over items that do change alone.

    Among the cheapest orders the result is the first by the given order, compared place by place; it is the given
    order itself where that is one of them.
    """
    given = tuple(range(len(items)))
    search = _Search(items, after, observed)
    before = search.cost(given)
    if len(items) > MOST_ITEMS:
        return Ordering(given, before, before, False)
    try:
        found = search.first_best()
    except _TooMany:
        return Ordering(given, before, before, False)
    cost = search.cost(found)
    if not _less(cost, before):
        return Ordering(given, before, before, True)
    return Ordering(found, cost, before, True)


class _TooMany(Exception):
    """There are more states than are looked at."""


class _Search:
    """The dynamic program; a set of items is an integer with their bits set."""

    def __init__(self, items: Sequence[Item], after: Mapping[int, frozenset[int]], observed: int) -> None:
        self.items, self.observed = items, observed
        self.needs = [sum(1 << one for one in after.get(at, ())) for at in range(len(items))]
        self.all = (1 << len(items)) - 1
        self.idle = [not one.builds and not one.chance for one in items]
        self.rest: dict[int, float] = {self.all: 0.0}
        self.chances: dict[int, float] = {}

    def chance(self, placed: int) -> float:
        """The probability that one of the items of a set changes."""
        known = self.chances.get(placed)
        if known is None:
            builds, calm = 0, 1.0
            for at, item in enumerate(self.items):
                if placed >> at & 1:
                    builds |= item.builds
                    calm *= 1.0 - item.chance
            seen = builds.bit_count() / self.observed if self.observed else 0.0
            known = self.chances[placed] = 1.0 - (1.0 - seen) * calm
        return known

    def cost(self, order: Sequence[int]) -> float:
        """The expected cost of a rebuild with an order."""
        total, placed = 0.0, 0
        for at in order:
            placed |= 1 << at
            total += self.items[at].cost * self.chance(placed)
        return total

    def ready(self, placed: int) -> list[int]:
        """The items that may come next."""
        return [
            at for at in range(len(self.items)) if not placed >> at & 1 and self.needs[at] & placed == self.needs[at]
        ]

    def closed(self, placed: int) -> tuple[int, float]:
        """The set with all items that never change and may come next, and what placing them costs."""
        spent, grows = 0.0, True
        chance = self.chance(placed)
        while grows:
            grows = False
            for at in self.ready(placed):
                if self.idle[at]:
                    placed |= 1 << at
                    spent += self.items[at].cost * chance
                    grows = True
        return placed, spent

    def remaining(self, placed: int) -> float:
        """The least cost of placing all that is not in a set, behind it."""
        placed, spent = self.closed(placed)
        known = self.rest.get(placed)
        if known is None:
            if len(self.rest) >= MOST_STATES:
                raise _TooMany
            self.rest[placed] = 0.0  # counted; overwritten below, and not read before: sets only grow
            known = min(self.step(placed, at) for at in self.ready(placed))
            self.rest[placed] = known
        return spent + known

    def step(self, placed: int, at: int) -> float:
        """The least cost of placing all that is not in a set, one item of it first."""
        larger = placed | 1 << at
        return self.items[at].cost * self.chance(larger) + self.remaining(larger)

    def first_best(self) -> tuple[int, ...]:
        """The first of the cheapest orders."""
        order: list[int] = []
        placed = 0
        while placed != self.all:
            least = self.remaining(placed)
            at = next(one for one in self.ready(placed) if not _less(least, self.step(placed, one)))
            order.append(at)
            placed |= 1 << at
        return tuple(order)


def _less(one: float, other: float) -> bool:
    return one < other and not isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
