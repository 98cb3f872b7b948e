"""Gives installs cache mounts: to their own RUNs, and to the later ones that read what they fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..analyzer.dockerfile.syntax import Run
from ..analyzer.graph import BuildGraph, Step
from ..analyzer.shell import Opaque, harmless, run_text
from ..analyzer.shell.options import texts
from ..analyzer.source import Edit
from ..rules.download_caches import cache_mounts, in_image, removed, target_of
from ..rules.facts import Facts
from ..rules.reach import ancestors, following, is_run
from ..rules.rule import Fix
from .caches import CACHING, Plan, base_of, folders, home_of, is_copied, is_filled
from .cleaning import cached, uncleaned
from .flags import add_flags, reads
from .system_caches import MANAGERS, system_plan

# What fails where the folder is not filled: mounts are in no layer, and one that comes from elsewhere finds them empty.
_OFFLINE = re.compile(
    r"(?i)offline|--frozen(?!-lockfile)|--no-restore|GOPROXY=[\"']?off|--network=none|\bmvnw?\b[^\n&;|]*\s-o\b|only-if-cached"
)


def with_caches(tool: str, steps: Iterable[Step], see: Facts, *, system: bool = False) -> Iterator[Fix]:
    """The fix that mounts a tool's cache for steps with its installs; none where it may break one of them.

    Caches of other tools that run in the same steps are mounted with it; with `system`, package managers' too.
    """
    graph, steps = see.graph, tuple(steps)
    if graph is None or not steps or not reads(see.dockerfile, 2):
        return
    plan = _plan(tool, steps, see, graph)
    if plan is None:
        return
    plans, edits = [plan], plan.edits
    installs = [one for step in steps for one in see.installs(step.instruction)]
    installs += [one for step in steps if system for one in see.package_installs(step.instruction)]
    for other in dict.fromkeys(one.tool for one in installs if one.tool != tool):
        more = _plan(other, steps, see, graph)
        if more is None or {one.path for one in more.folders} & {one.path for one in plan.folders}:
            continue
        both = tuple(dict.fromkeys((*edits, *more.edits)))
        if _are_apart(both, steps, see):
            plans.append(more)
            edits = both
    mounts: dict[int, tuple[Step, list[str]]] = {}
    for step, folders_of in (mount for one in plans for mount in one.mounts):
        there = {target_of(mount) for mount in cache_mounts(_run(step))}
        mounts.setdefault(step.id, (step, []))[1].extend(one.mount for one in folders_of if one.path not in there)
    for step, flags in mounts.values():
        if flags:
            edits += (add_flags(see.dockerfile, step.instruction, tuple(dict.fromkeys(flags))),)
    paths = " and ".join(f"`{one.path}`" for one in plan.folders)
    yield Fix(
        f"mount {paths} as {'caches' if len(plan.folders) > 1 else 'a cache'} for `{plan.install.name}`"[:118],
        False,
        {see.path: edits},
        assumes=_assumed(plans, steps[0], see, graph),
    )


def _are_apart(edits: tuple[Edit, ...], steps: tuple[Step, ...], see: Facts) -> bool:
    """Whether edits do not overlap, and leave no command without the paths that it removes."""
    if any(one.span.end > other.span.start for one, other in pairwise(sorted(edits))):
        return False
    gone = [edit.span for edit in edits if not edit.text]
    for command in (one for step in steps for one in see.calls(step.instruction, "rm")):
        program, *words = (any(span.start <= one.span.start < span.end for span in gone) for one in command.words)
        if not program and any(words) and sum(words) == len(removed(command)):
            return False
    return True


def _assumed(plans: list[Plan], first: Step, see: Facts, graph: BuildGraph) -> str:
    told = ["what an earlier build left in the cache is right for the next one"]
    if first.stage in in_image(graph):
        paths = " or ".join(f"`{one.path}`" for plan in plans for one in plan.folders)
        told.append(f"nothing in the image reads {paths}")
    if not all(one.certain for plan in plans for one in plan.folders):
        base = base_of(first.stage, see) or "the base image"
        told.append(f"{base} runs as root and moves no cache")
    told += [one.assumes for one in plans if one.assumes]
    return ", and that ".join(told)


def _plan(tool: str, steps: tuple[Step, ...], see: Facts, graph: BuildGraph) -> Plan | None:
    if tool in MANAGERS:
        return system_plan(tool, steps, see, graph)
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
    if any(is_filled(path, first, see) for path in paths) or is_copied(paths, first, graph):
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
    return Plan(mine[0][1], tuple((step, places) for step in users), tuple(edits))


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
