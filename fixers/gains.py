"""What a fix saves: the steps that typical changes re-run before it and after it, as the engine would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..analyzer.context import Context, ContextError, read_ignore
from ..analyzer.context.history import History
from ..analyzer.context.overlay import edited
from ..analyzer.costs import duration
from ..analyzer.dockerfile import parse
from ..analyzer.dockerfile.syntax import Arg, Dockerfile
from ..analyzer.engines.buildkit import keys
from ..analyzer.graph import BuildError, Step, build_graph
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.predict import predict
from ..analyzer.shell import is_manifest
from ..analyzer.source import apply_edits
from ..analyzer.state import Build, CacheState
from ..analyzer.volatility import Volatility
from ..rules.copies import context_mounts, context_sources
from ..rules.facts import BuildContext, Facts, default_plan
from ..rules.rule import Diagnostic, Fix
from ..rules.run import Cure
from ..rules.volatile import changes_with

_PROBED = 4
_LOOKED_AT = 2_000
# The themes that are about rebuilds.
_GAINFUL = frozenset({"order", "stages", "mounts", "context"})


class Change(NamedTuple):
    """One thing that typically differs between two builds: a file of the context, or the value of an argument."""

    path: str = ""
    argument: str = ""

    @property
    def told(self) -> str:
        """The change as a clause."""
        return f"after an edit of `{self.path}`" if self.path else f"with another value of `{self.argument}`"


class Reruns(NamedTuple):
    """The steps of a build that run again, and how many steps there are."""

    steps: tuple[Step, ...]
    total: int


class Definition(NamedTuple):
    """A Dockerfile and its context: what is built."""

    dockerfile: Dockerfile
    context: Context | None


def with_gains(cure: Cure) -> Cure:
    """The cure, whose fixes say what they save."""
    known: list[_Gains] = []

    def gaining(found: Diagnostic, see: Facts) -> Fix | None:
        fix = cure(found, see)
        if fix is None or fix.gain or found.rule.partition("/")[0] not in _GAINFUL or see.graph is None:
            return fix
        if not known or known[-1].see is not see:
            known[:] = [_Gains(see)]
        return known[-1].of(fix)

    return gaining


class _Gains:
    """Tells what fixes of one file save; what typical changes cost before them is found once."""

    def __init__(self, see: Facts) -> None:
        self.see = see
        self._before = Definition(see.dockerfile, None if see.context is None else see.context.context)
        self._costs: dict[Change, Reruns] | None = None

    def of(self, fix: Fix) -> Fix:
        """The fix with what it saves, where a typical change shows it."""
        try:
            if self._costs is None:
                self._costs = {change: reruns(self._before, change) for change in changes(self._before)}
            return fix._replace(gain=_told(self._costs, fixed(self._before, fix, self.see.context), self.see))
        except (BuildError, ContextError):
            return fix


def fixed(before: Definition, fix: Fix, context: BuildContext | None) -> Definition:
    """What is built once a fix is applied."""
    source = before.dockerfile.source
    text = apply_edits(source.text, fix.edits.get(source.path, ()))
    after = Definition(parse(source._replace(text=text)), before.context)
    ignores = [path for path in fix.edits if path != source.path and path.endswith(".dockerignore")]
    if context is None or not ignores:
        return after
    ignored = apply_edits(context.ignore_text, fix.edits[ignores[0]])
    return after._replace(context=context.context._replace(ignore=read_ignore(ignored)))


def _told(costs: Mapping[Change, Reruns], after: Definition, see: Facts) -> str:
    """The change that a fix helps most with, and what re-runs before and after; "" where it helps with none."""
    best, told, path = 0, "", ""
    for change, (runs, total) in costs.items():
        if len(runs) > best:
            left = reruns(after, change).steps
            if len(runs) - len(left) > best:
                best = len(runs) - len(left)
                told = f"{change.told}: {len(runs)} of {total} steps re-run, then {len(left)}"
                told += _measured(runs, left, see)
                path = change.path
    return told + _past(path, see) if path else told


def _measured(before: Iterable[Step], after: Iterable[Step], see: Facts) -> str:
    """What real builds took for the steps that no longer re-run, as a clause; "" where some are not known."""
    old, new = (see.costs.spent(step.instruction for step in steps) for steps in (before, after))
    saved = old.seconds - new.seconds
    return f"; {duration(saved)} less as measured" if old.whole and new.whole and saved >= 1 else ""


def _past(path: str, see: Facts) -> str:
    """On how many commits something changed that is copied or mounted with a file, as a clause, or ""."""
    volatility, context, graph = see.volatility, see.context, see.graph
    if volatility is None or context is None or graph is None:
        return ""
    file = Volatility(History("", ((path,),)), "", context.context.ignore)
    together = [
        taken
        for step in graph.steps
        if step.used
        for _, _, taken in (*context_sources(step), *context_mounts(step))
        if file.often(taken).commits
    ]
    told = volatility.often(*together).told
    return f"; what is copied with it changed {told}" if told else ""


def reruns(definition: Definition, change: Change) -> Reruns:
    """What of a build runs again after one change."""
    old = _build(definition)
    new = _build(definition, change.argument) if change.argument else old
    if change.path and definition.context is not None:
        context = definition.context._replace(tree=edited(definition.context.tree, (change.path,)))
        new = new._replace(contexts={"": context})
    used = [one for one in predict(new, CacheState((old,))) if one.verdict != "unused"]
    return Reruns(tuple(one.step for one in used if one.best == "miss"), len(used))


def _build(definition: Definition, argument: str = "") -> Build:
    plan = default_plan(definition.dockerfile)
    given = tuple(one for one in plan.options.build_args if one[0] != argument)
    given += ((argument, "another"),) if argument else ()
    graph = build_graph(plan._replace(options=plan.options._replace(build_args=given)))
    return Build("", graph, keys(graph), {} if definition.context is None else {"": definition.context})


def changes(definition: Definition) -> tuple[Change, ...]:
    """Typical changes of a build: a few of its source files, the arguments that change with every build."""
    arguments = [
        pair.key
        for stage in definition.dockerfile.stages
        for one in stage.instructions
        if isinstance(one.body, Arg)
        for pair in one.body.pairs
        if changes_with(pair.key)
    ]
    found = [Change(argument=name) for name in dict.fromkeys(arguments)]
    if definition.context is not None:
        found += [Change(path) for path in _sources(definition.context)]
    return tuple(found)


def _sources(context: Context) -> list[str]:
    """A few files that are sent to the build and are no manifests, each of another folder, the nearest first."""
    found: dict[str, str] = {}
    for path in _files(context):
        folder = path.partition("/")[0] if "/" in path else ""
        if folder not in found and not is_manifest(path) and not path.rpartition("/")[2].startswith("."):
            found[folder] = path
        if len(found) >= _PROBED:
            break
    return list(found.values())


def _files(context: Context) -> Iterator[str]:
    waiting, seen = [""], 0
    while waiting and seen < _LOOKED_AT:
        at = waiting.pop(0)
        for name, node in sorted(context.tree.children(at).items()):
            path = f"{at}/{name}" if at else name
            seen += 1
            if node.kind == "dir" and name not in (".git", "node_modules", ".venv"):
                waiting.append(path)
            elif node.kind == "file" and not context.ignore.excluded(path):
                yield path
