"""Compares what one build reads with what an earlier one read: files of contexts, outputs of stages, other sources."""

from __future__ import annotations

from collections.abc import Sequence

from ..context import Context, Selection, compare, matches
from ..engines.key import Vertex
from ..graph import ContextOrigin, CopyOp, CopySource, MkdirOp, Op, RunOp, StepOrigin, TextOrigin
from ..graph.paths import below, clean
from ..shell import Command, Opaque
from ..state import Build
from .comparison import SAME, Compared, joined
from .records import Records, Witness, World, same_own
from .writers import Write, owner, writes


class Comparer:
    """Comparisons of one new build against the builds of a state, in one world.

    `found` is the list of records that each vertex of the new build matches, filled while the comparer is in use.
    `warm` says that the daemon still holds its copy of the context, and overlooks what its metadata do not show.
    """

    def __init__(self, build: Build, records: Records, found: list[frozenset[int]], world: World, warm: bool) -> None:
        self.build, self.records, self.found, self.world, self.warm = build, records, found, world, warm
        self._contexts: dict[object, Compared] = {}

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
        alike = new.selection == old.selection and new.path == old.path
        if self.records.record(witness) in self.found[at]:
            return SAME if alike else Compared("unknown", "selection", producer=at)
        if vertex.role == other.role == "text":
            return SAME if _content(vertex) == _content(other) else Compared("different", "text", producer=at)
        if vertex.role in ("remote", "image", "text", "local") or other.role in ("remote", "image", "text", "local"):
            return self._source(at, vertex, other, alike)
        if not alike:
            return Compared("unknown", "selection", producer=at)
        return self._layers(at, witness, new)

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
        roots = [v for v in above if self.build.keys.vertices[v].role in ("image", "local", "remote")]
        if common is None and roots and (self.world == "worst" or reading.path == "/"):
            return Compared("different" if self.world == "best" else "unknown", "producer", producer=roots[0])
        answer = self._writes(at, above, old_above, reading, witness.build)
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
        step = self.build.keys.vertices[vertex].step
        return None if step is None else self.build.graph.steps[step].op

    def _commands(self, vertex: int) -> tuple[tuple[Command, ...] | Opaque, str, dict[str, str]]:
        """The commands of a RUN, where they begin, and the variables that the build gives them."""
        from ..shell import run_commands

        step = self.build.keys.vertices[vertex].step
        assert step is not None
        run, file = self.build.graph.steps[step], self.build.graph.plan.dockerfile
        values = {a.name: a.value for a in run.scope.env if a.name}
        return run_commands(run.instruction, file.source.text, file.escape), run.scope.workdir, values

    def _writes(self, at: int, above: list[int], old_above: list[int], reading: CopySource, build: int) -> Compared:
        """What two stacks of layers write to the selected path: equal where the same sources go to the same places."""
        old_build = self.records.builds[build]
        found, known = _writes(self.build, above, reading), _writes(old_build, old_above, reading)
        new_writes, old_writes = sorted(found, key=_order), sorted(known, key=_order)
        if [_order(one)[:2] for one in new_writes] != [_order(one)[:2] for one in old_writes]:
            return self._elsewhere(at, new_writes, old_writes)
        moved = [_order(one) for one in found] != [_order(one) for one in known]
        if moved and _overlap([write for _, write in found]):
            return Compared("unknown", "producer", producer=at)  # which of them came last decides
        covered = _covered([write for _, write in found])
        answers: list[Compared] = []
        for (vertex, new), (_, old) in zip(new_writes, old_writes, strict=True):
            answer = self._write(above, vertex, new, old, build)
            sure = new not in covered and _form(new) == _form(old) and _arrives(answer, new)
            if answer.sameness == "different" and not sure:
                answer = answer._replace(sameness="unknown")
            answers.append(answer)
        return joined(answers)

    def _write(self, above: list[int], vertex: int, new: Write, old: Write, build: int) -> Compared:
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
        if answer.sameness == "different" and not (exact and self._stays(above, vertex, new, answer)):
            answer = answer._replace(sameness="unknown")
        return answer._replace(reason="producer", producer=vertex)

    @staticmethod
    def _elsewhere(at: int, new: list[tuple[int, Write]], old: list[tuple[int, Write]]) -> Compared:
        """Other places are written: surely different where a source is put where nothing was put before, or no more."""
        if [write.place for _, write in new] == [write.place for _, write in old]:
            return Compared("different", "producer", producer=new[0][0])  # owners or modes
        for one, other in ((new, old), (old, new)):
            places = {write.place for _, write in other}
            for vertex, write in one:
                if write.reading is not None and write.exact and not _touches(write.place, places):
                    return Compared("different", "producer", producer=vertex if one is new else at)
        return Compared("unknown", "producer", producer=new[0][0] if new else at)

    def _stays(self, above: list[int], at: int, write: Write, answer: Compared) -> bool:
        """Whether some of what a copy brought and what differs is surely still there after the RUNs that follow it."""
        from ..shell import may_remove

        assert write.reading is not None
        taken = len(write.reading.selection.path)
        places = [clean(f"{write.place}/{change.path[taken:]}") for change in answer.changes] or [write.place]
        for vertex in above[: above.index(at)]:
            if places and isinstance(self._op(vertex), RunOp):
                read, workdir, values = self._commands(vertex)
                places = [place for place in places if not may_remove(read, place, workdir, values)]
        return bool(places)

    @staticmethod
    def _definition(build: Build, reading: CopySource) -> int | None:
        """The vertex of a reading's origin."""
        if isinstance(reading.origin, StepOrigin):
            return None if reading.origin.step is None else build.keys.output[reading.origin.step]
        return build.keys.of_origin.get(reading.origin)


def _order(one: tuple[int, Write]) -> tuple[str, tuple[str, ...], str]:
    """What writes are put in order by: the place first, so that the order of the steps does not count."""
    write = one[1]
    return write.place, write.attributes, write.reading.path if write.reading is not None else ""


def _covered(found: list[Write]) -> list[Write]:
    """The files that a later step writes once more; the last step stands first."""
    return [one for at, one in enumerate(found) if any(later.file and later.place == one.place for later in found[:at])]


def _form(write: Write) -> tuple[bool, tuple[str, ...], bool] | None:
    """How a source is selected, apart from where it lies."""
    if write.reading is None:
        return None
    selection = write.reading.selection
    return selection.wildcard, selection.exclude, selection.parents


def _arrives(answer: Compared, write: Write) -> bool:
    """Whether a difference of what is read surely is one of what is written.

    A directory's own mode stays behind where its contents are copied, a file's where --chmod gives another; and a
    key can differ by the way of selecting alone.
    """
    if answer.changes == ():
        return write.reading is not None and isinstance(write.reading.origin, TextOrigin)
    given = len(write.attributes) > 1 and bool(write.attributes[1])
    for change in answer.changes:
        node = change.new or change.old
        if change.kind == "mode" and (given or (node is not None and node.kind == "dir")):
            continue
        if change.kind not in ("added", "removed") or (node is not None and node.kind != "dir"):
            return True
    return False


def _touches(place: str, places: set[str]) -> bool:
    """Whether a place is one of the others, or above or below one."""
    return any(below(place, other) or below(other, place) for other in places)


def _overlap(found: list[Write]) -> bool:
    """Whether one write may cover what another brought."""
    brought = [write.place for write in found if write.reading is not None]
    return any(_touches(place, set(brought[:at])) for at, place in enumerate(brought))


def _content(vertex: Vertex) -> list[str]:
    return [part.value for part in vertex.own]


def _chain(build: Build, at: int | None) -> list[int]:
    """The vertices of a file system, from the last step down to its root."""
    chain: list[int] = []
    while at is not None:
        chain.append(at)
        at = build.keys.vertices[at].base
    return chain


def _writes(build: Build, chain: Sequence[int], reading: CopySource) -> list[tuple[int, Write]]:
    """What the copies and directories of these layers write to the selected path, the last first."""
    found: list[tuple[int, Write]] = []
    for at in chain:
        vertex = build.keys.vertices[at]
        if vertex.step is None or vertex.role not in ("copy", "merge", "mkdir"):
            continue
        op = build.graph.steps[vertex.step].op
        if isinstance(op, CopyOp | MkdirOp):
            # SOURCE_DATE_EPOCH is in the key of a WORKDIR, and not in what it makes: times are never compared
            users = [part.value for part in vertex.own if part.kind == "user"] if isinstance(op, MkdirOp) else []
            for write in writes(op, reading, lambda n, s: _exists(build, n, s), lambda n, s: _linked(build, n, s)):
                found.append((at, write._replace(attributes=(*write.attributes, *map(owner, users)))))
                if write.whole:  # what lies below is overwritten
                    return found
    return found


def _linked(build: Build, name: str, selection: Selection) -> bool:
    """Whether a component of a plain path is a symbolic link."""
    context = build.contexts.get(name)
    parts = selection.path.split("/")
    folders = ["/".join(parts[:depth]) for depth in range(len(parts))]
    if context is None:
        return True
    nodes = (context.tree.children(folder).get(part) for folder, part in zip(folders, parts, strict=True))
    return any(node is not None and node.kind == "link" for node in nodes)


def _submodule(context: Context, selection: Selection) -> str | None:
    """The submodule that a plain path leads into, where the tree does not hold its files."""
    parts = selection.path.split("/")
    for depth in range(len(parts) - 1):
        node = context.tree.children("/".join(parts[:depth])).get(parts[depth])
        if node is None or node.kind == "gitlink":
            return None if node is None else "/".join(parts[: depth + 1])
    return None


def _exists(build: Build, name: str, selection: Selection) -> bool:
    context = build.contexts.get(name)
    return context is None or matches(context, selection)
