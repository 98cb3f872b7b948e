"""Gives installs cache mounts: to their own RUNs, and to the later ones that read what they fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..analyzer.dockerfile.syntax import Run
from ..analyzer.graph import BuildGraph, CopyOp, RunOp, Step, StepOrigin
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Install, Opaque, harmless, run_text
from ..analyzer.shell.options import texts
from ..analyzer.source import Edit
from ..rules.download_caches import cache_mounts, in_image, target_of
from ..rules.facts import Facts
from ..rules.reach import ancestors, following, is_run
from ..rules.rule import Fix
from .caches import CACHING, Folder, base_of, folders, home_of, is_filled
from .cleaning import cached, uncleaned
from .flags import add_flags, reads

# What fails where the folder is not filled: mounts are in no layer, and one that comes from elsewhere finds them empty.
_OFFLINE = re.compile(
    r"(?i)offline|--frozen(?!-lockfile)|--no-restore|GOPROXY=[\"']?off|--network=none|\bmvnw?\b[^\n&;|]*\s-o\b|only-if-cached"
)


class _Plan(NamedTuple):
    """The mounts for one tool: the folders, and the edits besides the flags."""

    install: Install
    folders: tuple[Folder, ...]
    steps: tuple[Step, ...]
    edits: tuple[Edit, ...]


def with_caches(tool: str, steps: Iterable[Step], see: Facts) -> Iterator[Fix]:
    """The fix that mounts a tool's cache for steps with its installs; none where it may break one of them.

    Caches of other tools that run in the same steps are mounted with it.
    """
    graph, steps = see.graph, tuple(steps)
    if graph is None or not steps or not reads(see.dockerfile, 2):
        return
    plan = _plan(tool, steps, see, graph)
    if plan is None:
        return
    plans = [plan]
    tools = {one.tool: None for step in steps for one in see.installs(step.instruction) if one.tool != tool}
    for other in tools:
        more = _plan(other, steps, see, graph)
        if more is not None and not {one.path for one in more.folders} & {one.path for one in plan.folders}:
            plans.append(more)
    edits = [*dict.fromkeys(edit for one in plans for edit in one.edits)]
    for step in {one.id: one for plan in plans for one in plan.steps}.values():
        there = {target_of(mount) for mount in cache_mounts(_run(step))}
        flags = [one.mount for plan in plans if step in plan.steps for one in plan.folders if one.path not in there]
        if flags:
            edits.append(add_flags(see.dockerfile, step.instruction, tuple(dict.fromkeys(flags))))
    paths = " and ".join(f"`{one.path}`" for one in plan.folders)
    yield Fix(
        f"mount {paths} as {'caches' if len(plan.folders) > 1 else 'a cache'} for `{plan.install.name}`"[:118],
        False,
        {see.path: tuple(edits)},
        assumes=_assumed(plans, steps[0], see, graph),
    )


def _assumed(plans: list[_Plan], first: Step, see: Facts, graph: BuildGraph) -> str:
    told = ["what an earlier build left in the cache is right for the next one"]
    if first.stage in in_image(graph):
        paths = " or ".join(f"`{one.path}`" for plan in plans for one in plan.folders)
        told.append(f"nothing in the image reads {paths}")
    if not all(one.certain for plan in plans for one in plan.folders):
        base = base_of(first.stage, see) or "the base image"
        told.append(f"{base} runs as root and moves no cache")
    return ", and that ".join(told)


def _plan(tool: str, steps: tuple[Step, ...], see: Facts, graph: BuildGraph) -> _Plan | None:
    caching = CACHING.get(tool)
    mine = [(step, one) for step in steps for one in see.installs(step.instruction) if one.tool == tool]
    if caching is None or not mine or _is_offline(see, graph):
        return None
    found = [folders(install, step, see) for step, install in mine]
    places = tuple(dict.fromkeys(folder for one in found for folder in one))
    if not all(found) or len({one.path for one in places}) != len(places) or len({step.stage for step in steps}) != 1:
        return None
    first = mine[0][0]
    paths = [one.path for one in places]
    if any(is_filled(path, first, see) for path in paths) or _is_copied(paths, first, graph):
        return None
    users = [step for step, _ in mine]
    if caching.store:
        if first.stage in in_image(graph):
            return None  # the image itself may need what was fetched
        before = ancestors(graph, first)
        if any(one.stage != first.stage and _fetches(one, tool, see) for one in before):
            return None  # the mount would hide it
        if tool == "maven" and any(see.calls(one.instruction, "mvn", "mvnw") for one in before if is_run(one)):
            return None  # it may have put an artifact of its own there
        for step in following(graph, first):
            if is_run(step) and not _is_harmless(step, see):
                if step.stage != first.stage or step.scope.user != first.scope.user:
                    return None
                users.append(step)
    users = list({step.id: step for step in users}.values())
    if tool == "maven" and len(users) > 1 and any("install" in texts(one.command) for _, one in mine):
        return None  # later steps need what is built here, and a layer may come without it
    home = home_of(first, see) or ""
    edits: list[Edit] = []
    for step in users:
        kept, used = uncleaned(step.instruction, tool, paths, home, see), cached(step.instruction, tool, see)
        if isinstance(see.commands(step.instruction), Opaque) and caching.store:
            kept = used = ()
        if kept is None or used is None:
            return None
        edits += (*kept, *used)
    return _Plan(mine[0][1], places, tuple(users), tuple(edits))


def _run(step: Step) -> Run:
    assert isinstance(step.instruction.body, Run)
    return step.instruction.body


def _fetches(step: Step, tool: str, see: Facts) -> bool:
    return is_run(step) and any(one.tool == tool for one in see.installs(step.instruction))


def _is_harmless(step: Step, see: Facts) -> bool:
    read = see.commands(step.instruction)
    return not isinstance(read, Opaque) and all(map(harmless, read))


def _is_offline(see: Facts, graph: BuildGraph) -> bool:
    """Whether something may need what was fetched before, without asking for it again."""
    for step in graph.steps:
        if isinstance(step.instruction.body, Run):
            run = step.instruction.body
            if run.network is not None or _OFFLINE.search(run_text(step.instruction)):
                return True
        if any(
            "OFFLINE" in one.name.upper() or (one.name == "GOPROXY" and one.value == "off") for one in step.scope.env
        ):
            return True
    return False


def _is_copied(paths: list[str], first: Step, graph: BuildGraph) -> bool:
    """Whether a folder, a part of it, or what it lies in is copied or mounted from the stage of a step."""
    reached = {first.id, *(one.id for one in following(graph, first))}
    for step in graph.steps:
        reads_from: list[str] = []
        if isinstance(step.op, CopyOp):
            reads_from = [
                one.path for one in step.op.sources if isinstance(one.origin, StepOrigin) and one.origin.step in reached
            ]
        elif isinstance(step.op, RunOp):
            reads_from = [
                "/" + one.source.strip("/")
                for one in step.op.mounts
                if isinstance(one.origin, StepOrigin) and one.origin.step in reached
            ]
        for source in reads_from:
            bare = source.rstrip("/")
            if any(path == bare or path.startswith(bare + "/") or bare.startswith(path + "/") for path in paths):
                return True
            if "*" in bare and any(path.startswith(bare.partition("*")[0]) for path in paths):
                return True
    return False
