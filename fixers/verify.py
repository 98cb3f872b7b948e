"""Holds an edited Dockerfile against the one before: what no edit touches must be read and built as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ..analyzer.dockerfile import ExpansionError, expand, parse
from ..analyzer.dockerfile.syntax import Dockerfile, Instruction, Onbuild, Other, Stage
from ..analyzer.graph import BuildError, BuildGraph, CopyOp, Op, Origin, RunOp, Step, StepOrigin, build_graph
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Edit, SourceFile, Span
from ..rules.facts import default_plan
from ..rules.rule import DIRECTORY, Fix
from .blocks import instructions

_NOWHERE = Span(0, 0)
# Instructions that add to what the image says, where later ones of other kinds replace what earlier ones said.
_GATHERED = frozenset({"LABEL", "EXPOSE", "VOLUME"})


def difference(before: Dockerfile, after: Dockerfile, edits: Iterable[Edit], fixes: Iterable[Fix]) -> str | None:
    """Why an edited file is not what its fixes promise, None where it is.

    What no edit touches is the same instruction, in the same stage, of the same operation, with the same environment
    but for what a fix says that it alters. With safe fixes only, all stages leave the same configuration.
    """
    ordered, fixes = sorted(edits), tuple(fixes)
    new = [one.message for one in after.problems if one.message not in {old.message for old in before.problems}]
    if new:
        return f"the engine would refuse it: {new[0]}"
    pairs = _pairs(before, after, ordered)
    if isinstance(pairs, str):
        return pairs
    graphs = _graph(before), _graph(after)
    if isinstance(graphs[1], BuildError):
        return None if isinstance(graphs[0], BuildError) else f"the engine would refuse it: {graphs[1].message}"
    if isinstance(graphs[0], BuildError):
        return None
    alters = frozenset[str]().union(*(one.alters for one in fixes))
    told = _Graphs(graphs[0], graphs[1], pairs, alters).difference()
    if told is None and all(one.safe for one in fixes):
        return _configuration(graphs[0], graphs[1])
    return told


def shifted(offset: int, edits: list[Edit]) -> int:
    """Where a place that no edit touches stands after the sorted edits."""
    return offset + sum(len(one.text) - one.span.end + one.span.start for one in edits if one.span.end <= offset)


class _Pair(NamedTuple):
    before: Instruction
    after: Instruction


def _pairs(before: Dockerfile, after: Dockerfile, edits: list[Edit]) -> list[_Pair] | str:
    """The instructions that no edit touches, each with what it became."""
    found: list[_Pair] = []
    places = {one.span.start: one for one in instructions(after)}
    for old in instructions(before):
        if any(edit.span.start < old.span.end and old.span.start < edit.span.end for edit in edits):
            continue
        if any(old.span.start < edit.span.start < old.span.end or _lengthens(edit, old) for edit in edits):
            continue
        new = places.get(shifted(old.span.start, edits))
        if new is None or _read(new) != _read(old):
            line = before.source.text.count("\n", 0, old.span.start) + 1
            return f"`{old.keyword}` on line {line} would be read differently"
        found.append(_Pair(old, new))
    return found


def _lengthens(edit: Edit, one: Instruction) -> bool:
    """Whether an edit puts something behind the last word of an instruction, on the same line."""
    return edit.span.start == one.span.end and not edit.text.startswith(("\n", "\r"))


def _read(one: Instruction) -> tuple[object, ...]:
    documents = tuple((heredoc.name, heredoc.content, heredoc.expand) for heredoc in one.heredocs)
    return one.keyword, one.text, documents, one.span.end - one.span.start


@cache
def _probe() -> Instruction:
    """A step that tells what the end of a stage hands on."""
    return parse(SourceFile("", "FROM scratch\nRUN :\n")).stages[0].instructions[1]


def _is_probe(one: Instruction) -> bool:
    return one.index < 0


def _graph(dockerfile: Dockerfile) -> BuildGraph | BuildError:
    """The graph of a file with a probe at the end of each stage."""
    stages = tuple(
        one._replace(instructions=(*one.instructions, _probe()._replace(stage=one.index, index=-1)))
        for one in dockerfile.stages
    )
    try:
        return build_graph(default_plan(dockerfile._replace(stages=stages)))
    except BuildError as error:
        return error


class _Graphs:
    """Two builds, the instructions that are the same in both, and the variables that may differ."""

    def __init__(self, before: BuildGraph, after: BuildGraph, pairs: list[_Pair], alters: frozenset[str]) -> None:
        self.before, self.after, self.pairs, self.alters = before, after, pairs, alters
        self.stages = {old.stage: new.stage for old, new in pairs}
        if len(before.stages) == len(after.stages):
            self.stages |= {number: number for number in range(len(before.stages))}

    def difference(self) -> str | None:
        """What is not the same."""
        old, new = _steps(self.before), _steps(self.after)
        for pair in self.pairs:
            if self.stages.get(pair.before.stage, pair.before.stage) != pair.after.stage:
                return f"`{pair.before.text[:60]}` would be in another stage"
            for one, other in zip(old.get(_key(pair.before), ()), new.get(_key(pair.after), ()), strict=False):
                if self._operation(one, self.before) != self._operation(other, self.after):
                    return f"`{pair.before.text[:60]}` would do something else"
                if self._scope(one) != self._scope(other):
                    return f"`{pair.before.text[:60]}` would have another environment"
        return None

    def _operation(self, step: Step, graph: BuildGraph) -> Op | tuple[object, ...]:
        if isinstance(step.op, RunOp):
            mounts = tuple(
                (mount._replace(origin=None, span=_NOWHERE), self._origin(mount.origin, graph))
                for mount in step.op.mounts
            )
            return step.op._replace(mounts=()), mounts
        if isinstance(step.op, CopyOp):
            sources = tuple(
                (source._replace(origin=StepOrigin(None), span=_NOWHERE), self._origin(source.origin, graph))
                for source in step.op.sources
            )
            return step.op._replace(sources=()), sources
        return step.op

    def _origin(self, origin: Origin | None, graph: BuildGraph) -> object:
        """An origin without the numbers of steps: a stage is the number that it has in the edited file."""
        if not isinstance(origin, StepOrigin) or origin.step is None:
            return origin
        stage = graph.steps[origin.step].stage
        return ("stage", self.stages.get(stage, stage) if graph is self.before else stage)

    def _scope(self, step: Step) -> tuple[object, ...]:
        env = tuple((one.name, one.value) for one in step.scope.env if one.name and one.name not in self.alters)
        workdir = "" if DIRECTORY in self.alters else step.scope.workdir
        return env, workdir, step.scope.user, step.scope.shell, step.scope.platform


def _key(one: Instruction) -> tuple[int, int]:
    return one.stage, one.index


def _steps(graph: BuildGraph) -> Mapping[tuple[int, int], list[Step]]:
    found: dict[tuple[int, int], list[Step]] = {}
    for step in graph.steps:
        found.setdefault(_key(step.instruction), []).append(step)
    return found


def _configuration(before: BuildGraph, after: BuildGraph) -> str | None:
    """What a stage would say otherwise than before of how its image is run."""
    old, new = before.plan.dockerfile.stages, after.plan.dockerfile.stages
    named = {stage.name: stage for stage in new if stage.name is not None}
    ends = _ends(before), _ends(after)
    for one in old:
        other = named.get(one.name) if one.name is not None else None
        if other is None and len(old) == len(new):
            other = new[one.index]
        if other is None:
            continue
        if _handed_on(one, before) != _handed_on(other, after) or ends[0].get(one.index) != ends[1].get(other.index):
            return f"stage {one.name or one.index} would have another configuration"
    return None


def _ends(graph: BuildGraph) -> dict[int, object]:
    """The environment, directory, user and shell that each stage leaves to its image."""
    found: dict[int, object] = {}
    for step in graph.steps:
        if _is_probe(step.instruction):
            scope = step.scope
            env = tuple((one.name, one.value) for one in scope.env if one.origin == "env")
            found[step.stage] = (env, scope.workdir, scope.user, scope.shell)
    return found


def _handed_on(stage: Stage, graph: BuildGraph) -> dict[object, object]:
    """What a stage says, and the stages that it is based on where it says nothing of that."""
    base, own = graph.stages[stage.index].base, _said(stage, graph)
    if not isinstance(base, int):
        return own
    found: dict[object, object] = {}
    for key, said in _handed_on(graph.plan.dockerfile.stages[base], graph).items():
        if not (isinstance(key, tuple) and "ONBUILD" in key):  # it runs in the stage, and is handed on no further
            found[key] = said
    if "ENTRYPOINT" in own:
        found.pop("CMD", None)  # BuildKit v0.32, dispatchEntrypoint
    return found | own


def _said(stage: Stage, graph: BuildGraph) -> dict[object, object]:
    """What instructions without a step say, the last of each kind; whatever the order of kinds, labels and ports."""
    escape = graph.plan.dockerfile.escape
    found: dict[object, object] = {}
    triggers = 0
    for one in stage.instructions:
        body = one.body
        if isinstance(body, Onbuild):
            found["ONBUILD", triggers] = one.text
            triggers += 1
        elif isinstance(body, Other) and body.pairs:
            found |= {(one.keyword, pair.key): values(pair.value or "", escape) for pair in body.pairs}
        elif isinstance(body, Other) and one.keyword == "EXPOSE":
            found |= {(one.keyword, _port(word.text)): True for word in body.words}
        elif isinstance(body, Other) and one.keyword in _GATHERED:
            found |= {(one.keyword, word): True for word in body.argv or (word.text for word in body.words)}
        elif isinstance(body, Other):
            found[one.keyword] = (body.argv, tuple(word.text for word in body.words))
    return found


def values(text: str, escape: str) -> tuple[str, ...]:
    """What the engine makes of a value where no variable is set, and where each is; the text where it refuses it."""
    try:
        return expand(text, lambda _name: None, escape), expand(text, lambda name: f"${name}", escape)
    except ExpansionError:
        return (text,)


def _port(text: str) -> str:
    """A port as the engine keeps it: without what it is on the host, the protocol in lower case."""
    return text if "$" in text else text.rpartition(":")[2].lower()
