"""A build against a state: a verdict for every step, with its causes."""

from __future__ import annotations

from functools import cached_property

from ..engines.key import Vertex
from ..graph import Step
from ..named_tuple import NamedTuple
from ..state import Build, CacheState
from ..typing import Literal
from .causes import Cause, content_causes, name, own_causes
from .matching import Matching, Worlds, match, records
from .records import Records, Witness, own_key
from .traps import traps

Verdict = Literal["hit", "miss", "depends", "unused"]
Found = Literal["hit", "miss"]

# How many earlier vertices are held against one that misses, to tell which of them it misses by least.
_COMPARED = 64


class Prediction(NamedTuple):
    """What happens to one step. `best` is the verdict if every step that runs again repeats its output byte for byte,
    `worst` if none does; `verdict` is their common value, or "depends".
    """

    step: Step
    verdict: Verdict
    best: Verdict
    worst: Verdict
    causes: tuple[Cause, ...]
    traps: tuple[str, ...] = ()


def predict(build: Build, state: CacheState, *, warm: bool = True) -> tuple[Prediction, ...]:
    """A prediction for each step of a build, in the order of the file.

    `warm`: the daemon still holds its copy of the context, so that it may overlook changes (rule 1.6).
    """
    kept = records(state)
    return _Predictions(build, kept, match(build, kept, warm=warm)).all()


class _Predictions:
    def __init__(self, build: Build, kept: Records, worlds: Worlds) -> None:
        self.build, self.kept, self.worlds = build, kept, worlds
        self.vertices = build.keys.vertices
        self.present = {own_key(vertex) for vertex in self.vertices}
        self.aligned: list[Witness | None] = []
        self.causes: list[tuple[Cause, ...]] = []
        self.judged = {at: step for step, at in enumerate(build.keys.of_step) if at >= 0}
        self.outputs = {at: step for step, at in enumerate(build.keys.output) if at >= 0}

    def all(self) -> tuple[Prediction, ...]:
        for at, vertex in enumerate(self.vertices):
            witness = self._counterpart(at, vertex)
            self.aligned.append(witness)
            self.causes.append(tuple(self._explain(at, vertex, witness)))
        return tuple(self._prediction(step) for step in self.build.graph.steps)

    def _prediction(self, step: Step) -> Prediction:
        at = self.build.keys.of_step[step.id]
        if at < 0:
            return Prediction(step, "unused", "unused", "unused", ())
        best, worst = self._verdicts(at)
        witness = self.aligned[at]
        old = self._old_step(witness)
        caught = traps(step, old) if worst == "hit" and old is not None else ()
        return Prediction(step, best if best == worst else "depends", best, worst, self.causes[at], caught)

    def _verdicts(self, at: int) -> tuple[Found, Found]:
        best, worst = self.worlds.best.found[at], self.worlds.worst.found[at]
        return "hit" if best else "miss", "hit" if worst else "miss"

    def _old_step(self, witness: Witness | None) -> Step | None:
        if witness is None:
            return None
        step = self.kept.vertex(witness).step
        return None if step is None else self.kept.builds[witness.build].graph.steps[step]

    # Alignment -----------------------------------------------------------------------------------------------

    def _counterpart(self, at: int, vertex: Vertex) -> Witness | None:
        """The earlier vertex that this one is held against: the one it matches, else the one it misses by least."""
        for found in (self.worlds.worst.found[at], self.worlds.best.found[at]):
            hit = self.kept.last(vertex, found)
            if hit is not None:
                return hit
        candidates = self.kept.witnesses(vertex)[-_COMPARED:] or self._neighbours(at, vertex)
        return min(candidates, key=lambda witness: self._distance(at, witness), default=None)

    def _neighbours(self, at: int, vertex: Vertex) -> list[Witness]:
        """Earlier vertices in the same place that this build does not have any more: what this one replaces."""
        base = None if vertex.base is None else self.aligned[vertex.base]
        step = None if vertex.step is None else self.build.graph.steps[vertex.step]
        found = set(self.gone.get((vertex.role, base), ())) if base is not None else set[Witness]()
        if step is not None:
            found.update(self.gone.get((vertex.role, step.stage, step.label, step.number), ()))
        return sorted(found)[-_COMPARED:]

    @cached_property
    def gone(self) -> dict[tuple[object, ...], list[Witness]]:
        """The earlier vertices that this build does not have any more, by what they stand on and by their place."""
        found: dict[tuple[object, ...], list[Witness]] = {}
        for number, build in enumerate(self.kept.builds):
            for index, other in enumerate(build.keys.vertices):
                if own_key(other) in self.present:
                    continue
                witness = Witness(number, index)
                if other.base is not None:
                    found.setdefault((other.role, Witness(number, other.base)), []).append(witness)
                if other.step is not None:
                    step = build.graph.steps[other.step]
                    found.setdefault((other.role, step.stage, step.label, step.number), []).append(witness)
        return found

    def _distance(self, at: int, witness: Witness) -> tuple[int, int, int]:
        vertex, old = self.vertices[at], self.kept.vertex(witness)
        failing = len(self._failing(at, witness, self.worlds.best))
        differing = sum(one != other for one, other in zip(vertex.own, old.own, strict=False))
        return failing, differing + abs(len(vertex.own) - len(old.own)), -witness.build

    def _failing(self, at: int, witness: Witness, matching: Matching) -> list[int]:
        places = range(min(len(self.vertices[at].inputs), len(self.kept.vertex(witness).inputs)))
        return [place for place in places if not matching.input_matches(at, place, witness)]

    # Explanation ---------------------------------------------------------------------------------------------

    def _explain(self, at: int, vertex: Vertex, witness: Witness | None) -> list[Cause]:
        best, worst = self._verdicts(at)
        step = self._step(at, vertex)
        if worst == "hit" or step is None:
            return []
        if vertex.forced:
            return [Cause(step.id, "no-cache", "--no-cache or --no-cache-filter makes it run", None, step.span)]
        if witness is None:
            parent = self._parent(step, vertex)
            new = Cause(step.id, "new-step", "no known build has run it in this place", None, step.span)
            if parent and parent.because and parent.because.kind == "new-step":
                return [parent]
            return [parent, new] if parent else [new]
        matching = self.worlds.best if best == "miss" else self.worlds.worst
        causes: list[Cause] = []
        own: list[Cause] = []
        old = self._old_step(witness)
        if not matching.same_operation(vertex, witness) or own_key(vertex) != own_key(self.kept.vertex(witness)):
            own = own_causes(step, vertex, self.kept.vertex(witness), old.text if old else "")
            if vertex.moving and not own:
                text = "what it gives is not known without asking; pin it with --checksum, a commit or a digest"
                own = [Cause(step.id, "remote-unknown", text, None, step.span)]
        for place in self._failing(at, witness, matching):
            causes += self._input_causes(at, step, place, witness, matching)
        if vertex.image and not causes + own:
            text = "a directory or variable that only the base image tells may be another one"
            return [Cause(step.id, "base-moved", text, None, step.span)]
        return causes + own or self._uncounted(step, vertex)

    def _uncounted(self, step: Step, vertex: Vertex) -> list[Cause]:
        """Each part matches a different earlier build, or inputs came or went: only the whole is new."""
        parent = self._parent(step, vertex)
        text = "no single earlier build had all of this together"
        return [parent] if parent else [Cause(step.id, "new-step", text, None, step.span)]

    def _input_causes(self, at: int, step: Step, place: int, witness: Witness, matching: Matching) -> list[Cause]:
        one = self.vertices[at].inputs[place]
        vertex = self.vertices[at]
        if place == 0 and one.readings is None and vertex.base is not None and one.definition == vertex.base:
            parent = self._parent(step, vertex)
            return [parent] if parent else []
        compared = matching.by_content(at, place, witness)
        if compared is None:
            if one.definition is not None and self.causes[one.definition]:
                return [self._linked(step, one.definition)]
            return [Cause(step.id, "instruction", "it reads something else than before", None, one.span)]
        producer, named = None, "an earlier step"
        if compared.producer >= 0:
            cause = next(iter(self.causes[compared.producer]), None) if compared.producer < len(self.causes) else None
            producing = self._step(compared.producer, self.vertices[compared.producer])
            if producing is not None:
                named = f"{name(producing)} {producing.instruction.keyword}"
                producer = cause or Cause(producing.id, "producer-output", f"{named} runs", None, producing.span)
        return content_causes(step, compared, one.span, producer, named)

    def _parent(self, step: Step, vertex: Vertex) -> Cause | None:
        return None if vertex.base is None or not self.causes[vertex.base] else self._linked(step, vertex.base)

    def _linked(self, step: Step, at: int) -> Cause:
        """The cause that says: an earlier step misses; it points at the first of its chain."""
        first = self.causes[at][0]
        if first.kind == "parent-missed":
            return first._replace(step=step.id)
        culprit = self._step(at, self.vertices[at])
        surely = self._verdicts(at)[0] == "miss"
        named = name(culprit) if culprit is not None else "its base"
        text = f"after {named}" if surely else f"after {named}, if that misses"
        return Cause(step.id, "parent-missed", text, None, culprit.span if culprit else None, first)

    def _step(self, at: int, vertex: Vertex) -> Step | None:
        """The step that a vertex belongs to, or, for an image that COPY names, the one that reads it."""
        index = self.judged.get(at, self.outputs.get(at, vertex.step))
        return None if index is None else self.build.graph.steps[index]
