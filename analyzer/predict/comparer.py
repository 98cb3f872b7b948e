"""Compares what one build reads with what an earlier one read: files of contexts, outputs of stages, other sources."""

from __future__ import annotations

from collections.abc import Sequence

from ..context import Context, Selection
from ..context.compare import compare
from ..engines.key import Vertex
from ..graph import ContextOp, ContextOrigin, CopyOp, CopySource, MkdirOp, Op, RunOp, StepOrigin
from ..graph.paths import below, clean
from ..named_tuple import NamedTuple
from ..shell import Command, Opaque
from ..source import Span
from ..state import Build
from .arrivals import (
    Written,
    alone,
    arrives,
    brings_files,
    brought,
    changed_places,
    form,
    order,
    other_attributes,
    other_owner,
    overlap,
    touches,
    uncovered,
)
from .comparison import SAME, Compared, joined
from .records import Records, Witness, World, same_own
from .writers import Write, owner, writes

DEEPEST = 100
"""Through how many stages a copied path is followed: each that hands it on takes some of Python's stack."""


class Comparer:
    """Comparisons of one new build against the builds of a state, in one world.

    `found` is the list of records that each vertex of the new build matches, filled while the comparer is in use.
    `warm` says that the daemon still holds its copy of the context, and overlooks what its metadata do not show.
    """

    def __init__(self, build: Build, records: Records, found: list[frozenset[int]], world: World, warm: bool) -> None:
        self.build, self.records, self.found, self.world, self.warm = build, records, found, world, warm
        self._contexts: dict[object, Compared] = {}
        self._outputs: dict[object, Compared] = {}
        self._depth = 0

    def by_content(self, at: int, place: int, witness: Witness) -> Compared | None:
        """What input `place` of vertex `at` reads against the same input of an earlier vertex; None: not comparable."""
        new = self.build.keys.vertices[at].inputs[place]
        old = self.records.vertex(witness).inputs[place]
        if new.readings is None or old.readings is None or len(new.readings) != len(old.readings):
            return None
        pairs = zip(new.readings, old.readings, strict=True)
        return joined([self._reading(n, new.definition, o, old.definition, witness.build) for n, o in pairs])

    def _reading(self, new: CopySource, at: int | None, old: CopySource, old_at: int | None, build: int) -> Compared:
        if at is None and old_at is None:
            if isinstance(new.origin, ContextOrigin) and isinstance(old.origin, ContextOrigin):
                return self._files(new.origin.name, new.selection, old.origin.name, old.selection, build)
            return SAME if new.origin == old.origin else Compared("unknown", "selection")
        if at is None or old_at is None:
            return Compared("unknown", "selection")
        return self._output(at, new, Witness(build, old_at), old)

    def _files(self, name: str, selection: Selection, old_name: str, old_selection: Selection, build: int) -> Compared:
        key = (name, selection, old_name, old_selection, build)
        known = self._contexts.get(key)
        if known is None:
            known = self._contexts[key] = self._compare_files(name, selection, old_name, old_selection, build)
        return known

    def _compare_files(
        self, name: str, selection: Selection, old_name: str, old_selection: Selection, build: int
    ) -> Compared:
        new, old = self.build.contexts.get(name), self.records.builds[build].contexts.get(old_name)
        if new is None or old is None:
            return Compared("unknown", "remote")
        if new is old and selection == old_selection:
            return SAME
        module = _submodule(new, selection)
        if module is not None and _submodule(old, old_selection) == module:
            selection = old_selection = Selection(module)  # git tells only its commit
        answer = compare(old, old_selection, new, selection)
        if answer.same:
            return SAME
        if module is not None:
            return Compared("unknown", "context", answer.changes)
        quiet = answer.quiet and self.warm and (name, selection) == (old_name, old_selection)
        return Compared("unknown" if quiet else "different", "warm" if quiet else "context", answer.changes)

    def _output(self, at: int, new: CopySource, witness: Witness, old: CopySource) -> Compared:
        """The output of a vertex of the new build against that of an earlier vertex, on the selected path."""
        vertex, other = self.build.keys.vertices[at], self.records.vertex(witness)
        if vertex.role == other.role == "local" and not isinstance(new.origin, StepOrigin):
            return self._reading(new, None, old, None, witness.build)
        alike = new.selection == old.selection and new.path == old.path
        if self.records.record(witness) in self.found[at]:
            return SAME if alike else Compared("unknown", "selection", producer=at)
        if vertex.role == other.role == "text":
            return SAME if _content(vertex) == _content(other) else Compared("different", "text", producer=at)
        if vertex.role in ("remote", "image", "text", "local") or other.role in ("remote", "image", "text", "local"):
            return self._source(at, vertex, other, alike)
        if not alike:
            return Compared("unknown", "selection", producer=at)
        key = (at, witness, new.path, new.selection, new.include)
        known = self._outputs.get(key)
        if known is None and self._depth < DEEPEST:
            self._depth += 1
            known = self._outputs[key] = self._layers(at, witness, new)
            self._depth -= 1
        return known or Compared("unknown", "producer", producer=at)

    def _source(self, at: int, vertex: Vertex, other: Vertex, alike: bool) -> Compared:
        if vertex.role == "image" or other.role == "image":
            return Compared("unknown", "image", producer=at)
        settled = not vertex.moving and not other.moving
        if settled and vertex.role == other.role:
            if not same_own(vertex, other):
                return Compared("different", "remote", producer=at)
            if alike:
                return SAME
        return Compared("unknown", "remote", producer=at)

    # The layers of a stage -----------------------------------------------------------------------------------

    def _layers(self, at: int, witness: Witness, reading: CopySource) -> Compared:
        """What the steps above the last common layer write to the selected path."""
        old_build = self.records.builds[witness.build]
        new_chain = _chain(self.build, at)
        old_chain = _chain(old_build, witness.vertex)
        where = {self.records.of[witness.build][vertex]: place for place, vertex in enumerate(old_chain)}
        above: list[int] = []
        common: int | None = None
        for vertex in new_chain:
            places = [where[record] for record in self.found[vertex] if record in where]
            if places:
                common = min(places)
                break
            above.append(vertex)
        old_above = old_chain if common is None else old_chain[:common]
        if self.world == "worst":
            ran = [v for v in above if self.build.keys.vertices[v].role == "exec"]
            gone = any(old_build.keys.vertices[v].role == "exec" for v in old_above)
            if ran or gone:
                return Compared("unknown", "producer", producer=ran[0] if ran else at)
        roots = [v for v in above if self.build.keys.vertices[v].role in ("image", "remote")]
        if common is None and roots and (self.world == "worst" or reading.path == "/"):
            return Compared("different" if self.world == "best" else "unknown", "producer", producer=roots[0])
        rest = new_chain[len(above) :]
        answer = self._writes(at, above, old_above, rest, reading, witness.build)
        if answer.sameness == "same" and above and self._aliased(new_chain, above, reading):
            return Compared("unknown", "producer", producer=above[0])
        return answer

    def _aliased(self, chain: list[int], above: list[int], reading: CopySource) -> bool:
        """Whether the stage holds a link by which new layers may reach the selected path under another name."""
        from ..shell import linked_paths

        if any(write.linked for _, write in _writes(self.build, chain, reading)):
            return True
        copies = (self._op(vertex) for vertex in above)
        places = [reading.path, *(clean(op.dest) for op in copies if isinstance(op, CopyOp))]
        for vertex in chain:
            run = self._op(vertex)
            if isinstance(run, RunOp):
                links = linked_paths(*self._commands(vertex))
                if any(below(place, link) or below(link, place) for link in links for place in places):
                    return True
        return False

    def _op(self, vertex: int) -> Op | None:
        return _op(self.build, vertex)

    def _commands(self, vertex: int) -> tuple[tuple[Command, ...] | Opaque, str, dict[str, str]]:
        return _commands(self.build, vertex)

    def _writes(
        self, at: int, above: list[int], old_above: list[int], rest: list[int], reading: CopySource, build: int
    ) -> Compared:
        """What two stacks of layers write to the selected path: equal where the same sources go to the same places."""
        old_build = self.records.builds[build]
        found, known = _writes(self.build, above, reading), _writes(old_build, old_above, reading)
        new_writes, old_writes = sorted(found, key=order), sorted(known, key=order)
        if [order(one)[:2] for one in new_writes] != [order(one)[:2] for one in old_writes]:
            before = _Stack(old_build, old_above, known)
            shared = _Stack(self.build, rest, _writes(self.build, rest, reading))
            return _elsewhere(at, _Stack(self.build, above, found), before, shared)
        moved = [order(one) for one in found] != [order(one) for one in known]
        if moved and overlap([write for _, write in found]):
            return Compared("unknown", "producer", producer=at)  # which of them came last decides
        stack = _Stack(self.build, above, found)
        answers: list[Compared] = []
        for (vertex, new), (_, old) in zip(new_writes, old_writes, strict=True):
            answer = self._write(stack, vertex, new, old, build)
            if answer.sameness == "different" and not (form(new) == form(old) and arrives(answer, new)):
                answer = answer._replace(sameness="unknown")
            answers.append(answer)
        return joined(answers)

    def _write(self, stack: _Stack, vertex: int, new: Write, old: Write, build: int) -> Compared:
        """Whether two writes to one place bring the same."""
        if new.reading is None or old.reading is None:
            return SAME if new.reading is old.reading else Compared("unknown", "producer", producer=vertex)
        answer = self._reading(
            new.reading,
            self._definition(self.build, new.reading),
            old.reading,
            self._definition(self.records.builds[build], old.reading),
            build,
        )
        exact = new.exact and old.exact
        if answer.sameness == "different" and not (exact and stack.keeps(vertex, new, answer)):
            answer = answer._replace(sameness="unknown")
        return answer._replace(reason="producer", producer=vertex)

    @staticmethod
    def _definition(build: Build, reading: CopySource) -> int | None:
        """The vertex of a reading's origin."""
        if isinstance(reading.origin, StepOrigin):
            return None if reading.origin.step is None else build.keys.output[reading.origin.step]
        return build.keys.of_origin.get(reading.origin)


class _Stack(NamedTuple):
    """Layers of a build, the last first, and what they write to a path."""

    build: Build
    layers: list[int]
    written: Written

    @property
    def known(self) -> bool:
        """Whether these are copies and directories alone: what they do not write is not there."""
        return all(self.build.keys.vertices[at].role in ("copy", "merge", "mkdir") for at in self.layers)

    def keeps(self, at: int, write: Write, answer: Compared = SAME) -> bool:
        """Whether some of what a copy brought, and what differs, is surely there after the layers that follow it."""
        from ..shell import may_remove

        earlier = [one for _, one in self.written]
        places = uncovered(changed_places(write, answer.changes), earlier[: earlier.index(write)])
        for vertex in self.layers[: self.layers.index(at)]:
            if places and isinstance(_op(self.build, vertex), RunOp):
                read, workdir, values = _commands(self.build, vertex)
                places = [place for place in places if not may_remove(read, place, workdir, values)]
        return bool(places)


def _elsewhere(at: int, new: _Stack, old: _Stack, rest: _Stack) -> Compared:
    """Other places or attributes: different where one side surely has a file that the other has not, or not so.

    `rest` is what both stand on.
    """
    known = new.known and old.known and rest.known
    for one, other in ((new, old), (old, new)):
        taken = brought(other.written) | brought(rest.written)
        for vertex, write in one.written:
            if not touches(write.place, taken) and brings_files(write, one.build) and one.keeps(vertex, write):
                return Compared("different", "producer", producer=vertex if one is new else at)
    before = {write.place: write for _, write in old.written if alone(write, old.written)}
    for vertex, write in new.written:
        twin = before.get(write.place)
        if twin is None or not alone(write, new.written) or not new.keeps(vertex, write):
            continue
        made = write.reading is None and known and not any(one.place == write.place for _, one in rest.written)
        if (made and other_owner(write, twin)) or other_attributes(write, new.build, twin, old.build):
            return Compared("different", "producer", producer=vertex)
    return Compared("unknown", "producer", producer=new.written[0][0] if new.written else at)


def _op(build: Build, vertex: int) -> Op | None:
    step = build.keys.vertices[vertex].step
    return None if step is None else build.graph.steps[step].op


def _commands(build: Build, vertex: int) -> tuple[tuple[Command, ...] | Opaque, str, dict[str, str]]:
    """The commands of a RUN, where they begin, and the variables that the build gives them."""
    from ..shell import run_commands

    step = build.keys.vertices[vertex].step
    assert step is not None
    run, file = build.graph.steps[step], build.graph.plan.dockerfile
    values = {a.name: a.value for a in run.scope.env if a.name}
    return run_commands(run.instruction, file.source.text, file.escape), run.scope.workdir, values


def _content(vertex: Vertex) -> list[str]:
    return [part.value for part in vertex.own]


def _chain(build: Build, at: int | None) -> list[int]:
    """The vertices of a file system, from the last step down to its root."""
    chain: list[int] = []
    while at is not None:
        chain.append(at)
        at = build.keys.vertices[at].base
    return chain


def _writes(build: Build, chain: Sequence[int], reading: CopySource) -> Written:
    """What the copies and directories of these layers write to the selected path, the last first."""
    found: Written = []
    for at in chain:
        vertex = build.keys.vertices[at]
        op = _op(build, at)
        if isinstance(op, ContextOp) and vertex.role == "local":
            op = _whole(op.name, reading.span)
        if not isinstance(op, CopyOp | MkdirOp):
            continue
        # SOURCE_DATE_EPOCH is in the key of a WORKDIR, and not in what it makes: times are never compared
        users = [part.value for part in vertex.own if part.kind == "user"] if isinstance(op, MkdirOp) else []
        for write in reversed(writes(op, reading, build.contexts)):
            found.append((at, write._replace(attributes=(*write.attributes, *map(owner, users)))))
            if write.whole:  # what lies below is overwritten
                return found
    return found


def _whole(name: str, span: Span) -> CopyOp:
    """A stage that begins with a directory has all of it, as if it were copied."""
    source = CopySource(ContextOrigin(name), "/", Selection(""), (), (), span)
    return CopyOp((source,), "/", "", "", False, (), False)


def _submodule(context: Context, selection: Selection) -> str | None:
    """The submodule that a plain path leads into, where the tree does not hold its files."""
    parts = selection.path.split("/")
    for depth in range(len(parts) - 1):
        node = context.tree.children("/".join(parts[:depth])).get(parts[depth])
        if node is None or node.kind == "gitlink":
            return None if node is None else "/".join(parts[: depth + 1])
    return None
