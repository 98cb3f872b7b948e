"""A state as the solver sees it: records, and the vertices that are known to have led to each of them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..engines.key import Vertex
from ..graph import UNKNOWN_WORKDIR
from ..state import Build

# `best`: a step that runs again makes the same bytes again. `worst`: it makes other bytes.
World = Literal["best", "worst"]
OwnKey = tuple[object, ...]


class Witness(NamedTuple):
    """A vertex of an earlier build, by the indices of both."""

    build: int
    vertex: int


class Records:
    """The records that builds leave behind, one after the other; two vertices share one where the second surely hit."""

    def __init__(self) -> None:
        self.builds: list[Build] = []
        self.of: list[list[int]] = []
        self.count = 0
        self._witnesses: dict[OwnKey, list[Witness]] = {}
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
            self._witnesses.setdefault(own_key(vertex), []).append(Witness(at, index))

    def witnesses(self, vertex: Vertex) -> list[Witness]:
        """The earlier vertices whose own parts are those of `vertex`, as far as text can tell."""
        return self._witnesses.get(own_key(vertex), [])

    def record(self, witness: Witness) -> int:
        """The record that an earlier vertex led to."""
        return self.of[witness.build][witness.vertex]

    def vertex(self, witness: Witness) -> Vertex:
        """The earlier vertex itself."""
        return self.builds[witness.build].keys.vertices[witness.vertex]


def own_key(vertex: Vertex) -> OwnKey:
    """What must be equal for two operations to be one, paths below an unknown directory taken as absolute ones."""
    parts = tuple((part.kind, part.name, _rooted(part.value)) for part in vertex.own)
    return (vertex.role, len(vertex.inputs), parts)


def _rooted(value: str) -> str:
    """A value whose unknown directory is taken to be the root."""
    return value.replace(UNKNOWN_WORKDIR + "/", "/").replace(UNKNOWN_WORKDIR, "/")


def same_own(one: Vertex, other: Vertex) -> bool:
    """Whether two operations are surely one."""
    return [part[:3] for part in one.own] == [part[:3] for part in other.own]
