"""A state as the solver sees it: records, and the vertices that are known to have led to each of them."""

from __future__ import annotations

from collections.abc import Collection

from ..engines.key import Part, Role, Vertex
from ..named_tuple import NamedTuple
from ..state import Build
from ..typing import Literal

# `best`: a step that runs again makes the same bytes again. `worst`: it makes other bytes.
World = Literal["best", "worst"]
OwnKey = tuple[Role, int, tuple[Part, ...]]


class Witness(NamedTuple):
    """A vertex of an earlier build, by the indices of both."""

    build: int
    vertex: int


class _Alike:
    """The vertices of one own key: all, by the record that they led to, and the records by those of each input."""

    __slots__ = ("all", "by_input", "by_record")

    def __init__(self, inputs: int) -> None:
        self.all: list[Witness] = []
        self.by_record: dict[int, list[Witness]] = {}
        self.by_input: list[dict[int, set[int]]] = [{} for _ in range(inputs)]


def _joined(found: frozenset[int], known: dict[int, set[int]]) -> set[int]:
    """The records that any of these led to."""
    fewer, more = (found, known) if len(found) < len(known) else (known, found)
    made = [known[source] for source in fewer if source in more]
    return made[0] if len(made) == 1 else set[int]().union(*made)


class Records:
    """The records that builds leave behind, one after the other; two vertices share one where the second surely hit."""

    def __init__(self) -> None:
        self.builds: list[Build] = []
        self.of: list[list[int]] = []
        self.count = 0
        self._alike: dict[OwnKey, _Alike] = {}
        self._paths: dict[int, dict[str, int]] = {}

    def add(self, build: Build, matches: list[frozenset[int]]) -> None:
        """Take up a build whose vertices matched these records; those that matched none make new ones."""
        at = len(self.builds)
        self.builds.append(build)
        self.of.append([])
        for index, vertex in enumerate(build.keys.vertices):
            found = matches[index]
            record = min(found) if found else self.count
            self.count += not found
            self.of[at].append(record)
            alike = self._alike.setdefault(own_key(vertex), _Alike(len(vertex.inputs)))
            alike.all.append(Witness(at, index))
            alike.by_record.setdefault(record, []).append(Witness(at, index))
            for one, made in zip(vertex.inputs, alike.by_input, strict=True):
                if one.definition is not None:
                    made.setdefault(self.of[at][one.definition], set()).add(record)

    def witnesses(self, vertex: Vertex) -> list[Witness]:
        """The earlier vertices whose own parts are those of `vertex`, as far as text can tell."""
        alike = self._alike.get(own_key(vertex))
        return alike.all if alike is not None else []

    def made_from(self, vertex: Vertex, sources: list[frozenset[int]]) -> Collection[int]:
        """The records of `witnesses` that one of these records led to, as the first input and so on; else all."""
        alike = self._alike.get(own_key(vertex))
        if alike is None:
            return ()
        made = [_joined(found, known) for found, known in zip(sources, alike.by_input, strict=False)]
        return set[int].intersection(*sorted(made, key=len)) if made else alike.by_record.keys()

    def of_record(self, vertex: Vertex, record: int) -> list[Witness]:
        """Those among `witnesses` that led to a record."""
        return self._alike[own_key(vertex)].by_record[record]

    def last(self, vertex: Vertex, found: frozenset[int]) -> Witness | None:
        """The last among `witnesses` that led to one of these records."""
        alike = self._alike.get(own_key(vertex))
        if alike is None:
            return None
        if len(found) == len(alike.by_record):
            return alike.all[-1]
        return max((alike.by_record[one][-1] for one in found if one in alike.by_record), default=None)

    def record(self, witness: Witness) -> int:
        """The record that an earlier vertex led to."""
        return self.of[witness.build][witness.vertex]

    def vertex(self, witness: Witness) -> Vertex:
        """The earlier vertex itself."""
        return self.builds[witness.build].keys.vertices[witness.vertex]


def own_key(vertex: Vertex) -> OwnKey:
    """What must be equal for two operations to be one, as far as text can tell."""
    return vertex.role, len(vertex.inputs), vertex.rooted


def same_own(one: Vertex, other: Vertex) -> bool:
    """Whether two operations are surely one."""
    return one.image == other.image and one.own == other.own
