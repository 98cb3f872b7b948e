"""Which records of a state the vertices of a build match: the solver's query, in one of two worlds.

Source: solver/cachemanager.go (Query) and solver/edge.go (recalcCurrentState), v0.32: a record matches where, for every
input, at least one alternative leads to it.
"""

from __future__ import annotations

from collections import Counter

from ..engines.key import Vertex
from ..named_tuple import NamedTuple
from ..state import Build, CacheState
from .comparer import Comparer
from .comparison import Compared
from .records import OwnKey, Records, Witness, World, own_key, same_own

MOST_COMPARED = 5_000
"""How often equal operations are held against one another. Of more, those surely match that do by definition, and any
may: thousands of equal copies between stages, each held against each, would take quadratic time."""

_NOTHING: frozenset[int] = frozenset()


class Matching:
    """The records that each vertex of `build` matches in one world; `found` is parallel to its vertices."""

    def __init__(self, build: Build, records: Records, world: World, *, warm: bool = True) -> None:
        self.build, self.records, self.world = build, records, world
        self.found: list[frozenset[int]] = []
        self._compared: Counter[OwnKey] = Counter()
        self._crowds: dict[OwnKey, frozenset[int]] = {}
        self.comparer = Comparer(build, records, self.found, world, warm)
        for at, vertex in enumerate(build.keys.vertices):
            self.found.append(self._match(at, vertex))

    def _match(self, at: int, vertex: Vertex) -> frozenset[int]:
        if vertex.forced or vertex.role == "local":
            return frozenset()
        crowded = self._crowded(vertex)
        if crowded and self.world == "best":
            return self._any(vertex)
        told = vertex.inputs if crowded else [one for one in vertex.inputs[:1] if one.readings is None]
        sources = [self.found[one.definition] if one.definition is not None else _NOTHING for one in told]
        alike = self.records.made_from(vertex, sources)
        self._compared[own_key(vertex)] += max(0, len(alike) - 1)
        witnesses = [w for one in alike for w in self.records.of_record(vertex, one) if self.same_operation(vertex, w)]
        candidates = frozenset(self.records.record(witness) for witness in witnesses)
        for place in range(len(vertex.inputs)):
            candidates &= {self.records.record(w) for w in witnesses if self.input_matches(at, place, w)}
            if not candidates:
                break
        return candidates

    def _any(self, vertex: Vertex) -> frozenset[int]:
        """The records of all earlier vertices with this one's own key."""
        key = own_key(vertex)
        if key not in self._crowds:
            self._crowds[key] = frozenset(self.records.made_from(vertex, []))
        return self._crowds[key]

    def same_operation(self, vertex: Vertex, witness: Witness) -> bool:
        """Whether the operation itself is the same in this world."""
        other = self.records.vertex(witness)
        if self.world == "best":
            return True
        return same_own(vertex, other) and not vertex.moving and not other.moving

    def input_matches(self, at: int, place: int, witness: Witness) -> bool:
        """Whether one input of a vertex leads to what the same input of an earlier vertex led to."""
        return self.by_definition(at, place, witness) or self._accepted(self.by_content(at, place, witness))

    def by_definition(self, at: int, place: int, witness: Witness) -> bool:
        """Whether the input's own key matches, with the same paths selected."""
        new = self.build.keys.vertices[at].inputs[place]
        old = self.records.vertex(witness).inputs[place]
        if new.definition is None or old.definition is None:
            return new.definition is old.definition and new.readings is None and old.readings is None
        record = self.records.record(Witness(witness.build, old.definition))
        return new.selector == old.selector and record in self.found[new.definition]

    def by_content(self, at: int, place: int, witness: Witness) -> Compared | None:
        """What an input of a vertex reads against the same input of an earlier one; None: not comparable."""
        vertex = self.build.keys.vertices[at]
        if self._crowded(vertex):
            return Compared("unknown", "crowd")
        self._compared[own_key(vertex)] += 1
        return self.comparer.by_content(at, place, witness)

    def _crowded(self, vertex: Vertex) -> bool:
        return self._compared[own_key(vertex)] >= MOST_COMPARED

    def _accepted(self, compared: Compared | None) -> bool:
        if compared is None:
            return False
        return compared.sameness == "same" or (compared.sameness == "unknown" and self.world == "best")


class Worlds(NamedTuple):
    """A build matched in both worlds."""

    best: Matching
    worst: Matching


def records(state: CacheState) -> Records:
    """The records of a state, its builds replayed in order; only what surely hit shares a record."""
    kept = Records()
    for build in state.builds:
        kept.add(build, Matching(build, kept, "worst", warm=False).found)
    return kept


def match(build: Build, kept: Records, *, warm: bool = True) -> Worlds:
    """The records that a build matches if re-run steps repeat their output, and if they do not."""
    return Worlds(Matching(build, kept, "best", warm=warm), Matching(build, kept, "worst", warm=warm))
