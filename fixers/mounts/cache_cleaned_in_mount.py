"""Takes out what empties the mounted cache, or keeps the tool from using it.

Commands go whole where they do nothing else, else the one path goes. Where `docker-clean` empties apt's cache, each
install is told to keep its packages in a folder beside the one that is emptied, so that the image keeps that file. apk
and dnf 4 are told to use the cache, as for `mounts/cache-mount-missing`. Variables are left to the reader: they are
part of the image.

Safe where all that the cache holds is checked when it is used: the lists of apt in a RUN that updates them first, and
the downloads of installs that insist on a lock file (`npm ci`, `yarn install --frozen-lockfile`). Unsafe for the
others: pip and uv, say, keep what they built from source as well, and apt takes packages by their name and size.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.graph import Step
from ...analyzer.shell import Command, Opaque
from ...rules.download_caches import target_of
from ...rules.facts import Facts
from ...rules.mounts.cache_cleaned_in_mount import Evidence
from ...rules.reach import step_of
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..caches import CACHING, folders, home_of
from ..cleaning import cached, uncleaned
from ..system_caches import keeping, revived

_ARCHIVES = "/var/cache/apt"
_LISTS = ("/var/lib/apt", "/var/lib/apt/lists")
_ASSUMED = "what an earlier build left in the cache is right for the next one"


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The RUN with its cache kept."""
    evidence = found.evidence
    assert isinstance(evidence, Evidence)
    run = instruction_at(see.dockerfile, evidence.mount)
    step = step_of(run, see) if run is not None else None
    if run is None or step is None or not isinstance(run.body, Run):
        return
    mount = next((one for one in run.body.mounts if one.span == evidence.mount), None)
    if mount is None or "$" in target_of(mount):
        return
    if evidence.what == "docker-clean":
        yield from _beside(target_of(mount), step, see)
        return
    target, home = target_of(mount), home_of(step, see)
    used = revived(target, step, see) if evidence.what != "variable" else ()
    if used:
        yield Fix(f"use the cache at `{target}`", False, {see.path: used}, assumes=_ASSUMED)
        return
    if evidence.what == "variable" or home is None or not _is_its(evidence.tool, target, run, step, see):
        return
    tool = evidence.tool
    kept = uncleaned(run, tool, (target,), home, see) if evidence.what == "command" else cached(run, tool, see)
    if not kept:
        return
    safe = _is_verified(target, run, see)
    title = f"leave the cache at `{target}` as it is" if evidence.what == "command" else f"use the cache at `{target}`"
    yield Fix(title, safe, {see.path: kept}, assumes="" if safe else _ASSUMED)


def _is_its(tool: str, target: str, run: Instruction, step: Step, see: Facts) -> bool:
    """Whether a mount is all that the cache of a tool is; for no tool, whatever it is."""
    if tool == "apt":
        return target == _ARCHIVES
    installs = [one for one in see.installs(run) if one.tool == tool]
    return not tool or any([one.path for one in folders(install, step, see)] == [target] for install in installs)


def _is_verified(target: str, run: Instruction, see: Facts) -> bool:
    """Whether what lies in a cache does no harm, however old: it is checked, or fetched anew."""
    read = see.commands(run)
    if isinstance(read, Opaque):
        return False
    if target in _LISTS:
        return next((_is_update(one) for one in read if one.program.startswith("apt")), False)
    installs = [one for one in see.installs(run) if one.tool in CACHING]
    return bool(installs) and all(one.strict and CACHING[one.tool].verified for one in installs)


def _is_update(command: Command) -> bool:
    return command.certain and any(word.text == "update" for word in command.words)


def _beside(target: str, step: Step, see: Facts) -> Iterator[Fix]:
    """The installs with a folder of the mount that `docker-clean` leaves alone."""
    folder = target if target.startswith(_ARCHIVES) else _ARCHIVES
    edits = keeping("apt", folder, step, see)
    if edits:
        yield Fix(f"keep the packages in `{folder}/kept`", False, {see.path: edits}, assumes=_ASSUMED)
