"""Which records of a state the vertices of a build match: the solver's query, in one of two worlds.

Source: solver/cachemanager.go (Query) and solver/edge.go (recalcCurrentState), v0.32: a record matches where, for every
input, at least one alternative leads to it.
"""

from __future__ import annotations

from ..engines.key import Vertex
from ..named_tuple import NamedTuple
from ..state import Build, CacheState
from .comparer import Comparer
from .comparison import Compared
from .records import Records, Witness, World, same_own


class Matching:
    """The records that each vertex of `build` matches in one world; `found` is parallel to its vertices."""

    def __init__(self, build: Build, records: Records, world: World, *, warm: bool = True) -> None:
        self.build, self.records, self.world = build, records, world
        self.found: list[frozenset[int]] = []
        self.comparer = Comparer(build, records, self.found, world, warm)
        for at, vertex in enumerate(build.keys.vertices):
            self.found.append(self._match(at, vertex))

    def _match(self, at: int, vertex: Vertex) -> frozenset[int]:
        if vertex.forced or vertex.role == "local":
            return frozenset()
        first = vertex.inputs[0] if vertex.inputs else None
        if first is not None and first.definition is not None and first.readings is None:
            alike = self.records.standing(vertex, self.found[first.definition])
        else:
            alike = self.records.witnesses(vertex)
        witnesses = [w for w in alike if self.same_operation(vertex, w)]
        candidates = frozenset(self.records.record(witness) for witness in witnesses)
        for place in range(len(vertex.inputs)):
            candidates &= {self.records.record(w) for w in witnesses if self.input_matches(at, place, w)}
            if not candidates:
                break
        return candidates

    def same_operation(self, vertex: Vertex, witness: Witness) -> bool:
        """Whether the operation itself is the same in this world."""
        other = self.records.vertex(witness)
        if self.world == "best":
            return True
        return same_own(vertex, other) and not vertex.moving and not other.moving

    def input_matches(self, at: int, place: int, witness: Witness) -> bool:
        """Whether one input of a vertex leads to what the same input of an earlier vertex led to."""
        return self.by_definition(at, place, witness) or self._accepted(self.comparer.by_content(at, place, witness))

    def by_definition(self, at: int, place: int, witness: Witness) -> bool:
        """Whether the input's own key matches, with the same paths selected."""
        new = self.build.keys.vertices[at].inputs[place]
        old = self.records.vertex(witness).inputs[place]
        if new.definition is None or old.definition is None:
            return new.definition is old.definition and new.readings is None and old.readings is None
        record = self.records.record(Witness(witness.build, old.definition))
        return new.selector == old.selector and record in self.found[new.definition]

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
