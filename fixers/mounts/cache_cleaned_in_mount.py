"""Takes out what empties the mounted cache, or keeps the tool from using it.

Commands go whole where they do nothing else, else the one path goes. Where `docker-clean` empties apt's cache,
`rm -f /etc/apt/apt.conf.d/docker-clean` is put before the first command. Variables are left to the reader: they are
part of the image.

Safe where all that the cache holds is checked when it is used: the lists and packages of apt in a RUN that updates the
lists first, and the downloads of installs that insist on a lock file (`npm ci`, `yarn install --frozen-lockfile`).
Unsafe for the others: pip and uv, say, keep what they built from source as well. Without `docker-clean`, the image is
another one: apt in a running container keeps the packages that it downloads.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.graph import Step
from ...analyzer.shell import Command, Opaque
from ...analyzer.source import Edit, Span
from ...rules.download_caches import target_of
from ...rules.facts import Facts
from ...rules.mounts.cache_cleaned_in_mount import Evidence
from ...rules.reach import step_of
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..caches import CACHING, folders, home_of
from ..cleaning import cached, uncleaned

_DOCKER_CLEAN = "rm -f /etc/apt/apt.conf.d/docker-clean"
_APT_PLACES = {"/var/cache/apt": "clean", "/var/lib/apt": "lists", "/var/lib/apt/lists": "lists"}


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
        yield from _without_docker_clean(run, step, see)
        return
    target, home = target_of(mount), home_of(step, see)
    if evidence.what == "variable" or home is None or not _is_its(evidence.tool, target, run, step, see):
        return
    tool = evidence.tool
    kept = uncleaned(run, tool, (target,), home, see) if evidence.what == "command" else cached(run, tool, see)
    if not kept:
        return
    safe = _is_verified(target, run, see)
    title = f"leave the cache at `{target}` as it is" if evidence.what == "command" else f"use the cache at `{target}`"
    assumes = "" if safe else "what an earlier build left in the cache is right for the next one"
    yield Fix(title, safe, {see.path: kept}, assumes=assumes)


def _is_its(tool: str, target: str, run: Instruction, step: Step, see: Facts) -> bool:
    """Whether a mount is all that the cache of a tool is; for no tool, whatever it is."""
    if tool == "apt":
        return target == "/var/cache/apt"
    installs = [one for one in see.installs(run) if one.tool == tool]
    return not tool or any([one.path for one in folders(install, step, see)] == [target] for install in installs)


def _is_verified(target: str, run: Instruction, see: Facts) -> bool:
    """Whether what lies in a cache does no harm, however old: it is checked, or fetched anew."""
    read = see.commands(run)
    if isinstance(read, Opaque):
        return False
    if target in _APT_PLACES:
        return next((_is_update(one) for one in read if one.program.startswith("apt")), False)
    installs = [one for one in see.installs(run) if one.tool in CACHING]
    return bool(installs) and all(one.strict and CACHING[one.tool].verified for one in installs)


def _is_update(command: Command) -> bool:
    return command.certain and any(word.text == "update" for word in command.words)


def _without_docker_clean(run: Instruction, step: Step, see: Facts) -> Iterator[Fix]:
    body, read = run.body, see.commands(run)
    assert isinstance(body, Run)
    apt = [] if isinstance(read, Opaque) else [one for one in read if one.program in ("apt-get", "apt", "aptitude")]
    if not apt or body.argv is not None or (step.scope.user or "root").partition(":")[0] not in ("root", "0"):
        return
    if any(one.program != "apt-get" or one.wrappers or -1 in one.subshell for one in apt):
        return  # `apt` throws packages away by itself; another user may not remove the file
    newline, text = see.dockerfile.source.newline, ""
    at = body.command.span.start
    if body.command.text.startswith("<<"):
        if len(run.heredocs) != 1 or run.heredocs[0].content.startswith("#!") or len(body.command.text.split()) != 1:
            return
        at, text = run.heredocs[0].span.start, f"{_DOCKER_CLEAN}{newline}"
    elif run.heredocs:
        return
    elif "\n" in see.source[run.span.start : run.span.end]:
        row = see.source[see.source.rfind("\n", 0, at) + 1 : at]
        indent = "    " if row.strip() else row
        text = f"{_DOCKER_CLEAN} {see.dockerfile.escape}{newline}{indent}&& "
    else:
        text = f"{_DOCKER_CLEAN} && "
    yield Fix(
        f"run `{_DOCKER_CLEAN}` first",
        False,
        {see.path: (Edit(Span(at, at), text),)},
        assumes="nothing in the image relies on apt emptying its own cache",
    )
