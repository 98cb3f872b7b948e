"""Mounts, in the place of the whole context, the files that the installs of the RUN read.

Nothing is changed where what a command reads is not known file by file, where it writes into the mount, where the mount
is writable or has options of its own, where git ignores one of the files, and where another instruction or mount puts
something at the same place. A compiler reads too much to be told.

Unsafe: what the image itself has at the place is hidden by the whole context, and not by single files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Mount, Run
from ...analyzer.effects import overlap
from ...analyzer.effects.scope import scopes
from ...analyzer.graph import CopyOp, RunOp, Step
from ...analyzer.projects.needs import Refusal, needs
from ...analyzer.shell import Command, Opaque, run_text
from ...analyzer.source import Edit
from ...analyzer.typing import cast
from ...rules.copies import fits
from ...rules.facts import BuildContext, Facts
from ...rules.reach import ancestors, step_of
from ...rules.rule import Diagnostic, Fix
from ..apart import Ground, keep_off
from ..blocks import instruction_at
from ..landings import ROOT, Landed, Landing
from ..manifests import is_plain

_MOST = 12
_PLAIN_OPTIONS = frozenset({"type", "source", "src", "from", "target", "dst", "destination", "readonly", "ro"})


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The RUN with a mount for each file."""
    run = instruction_at(see.dockerfile, found.primary)
    step = step_of(run, see) if run is not None and not see.is_trigger(run) else None
    if run is None or step is None or see.context is None or not isinstance(run.body, Run):
        return
    assert see.graph is not None
    mount = next((one for one in run.body.mounts if one.span == found.primary), None)
    if mount is None or not fits(see.graph, see.context) or not _is_plain(mount, see):
        return
    place = next(one.target for one in cast(RunOp, step.op).mounts if one.span == mount.span)
    if not _is_alone(place, mount, step, see):
        return
    read = _read(place, run, step, see, see.context)
    if read is None or not 0 < len(read) <= _MOST:
        return
    files = [posixpath.relpath("/" + path, place) for path in read]
    if any(not is_plain(path) or "," in path or "=" in path for path in files):
        return
    written = (mount.target or "").rstrip("/")
    start = "" if written in ("", ".") else f"{written}/"
    mounts = " ".join(f"--mount=type=bind,source={path},target={start}{path}" for path in files)
    listed = ", ".join(f"`{path}`" for path in files[:2]) + (f" and {len(files) - 2} more" if files[2:] else "")
    assumes = f"the image has no files of its own at `{place}`"
    edits = {see.path: (Edit(mount.span, mounts),)}
    yield Fix(f"mount {listed} in the place of the whole context", False, edits, assumes=assumes)


def _is_plain(mount: Mount, see: Facts) -> bool:
    """Whether a mount has nothing but a target and the context, and is not written to."""
    text = see.source[mount.span.start : mount.span.end]
    options = [one.partition("=") for one in text.removeprefix("--mount=").split(",")]
    if any(mark in text for mark in ("$", '"', "'", "\\", "`", "\n")):
        return False
    return all(name in _PLAIN_OPTIONS and value != "false" for name, _, value in options)


def _is_alone(place: str, mount: Mount, step: Step, see: Facts) -> bool:
    """Whether no copy, and no other mount, puts something at, above or below the place that is known."""
    assert isinstance(step.op, RunOp) and see.graph is not None
    if "\0" in place or "\ue000" in place or place == "/":
        return False
    if any(overlap(one.target, place) for one in step.op.mounts if one.span != mount.span and one.target):
        return False
    before = ancestors(see.graph, step)
    return not any(isinstance(one.op, CopyOp) and overlap(one.op.dest.rstrip("/") or "/", place) for one in before)


def _read(place: str, run: Instruction, step: Step, see: Facts, context: BuildContext) -> tuple[str, ...] | None:
    """The files below a place that the commands of a RUN read, as paths of the image; None where that is not known."""
    commands = see.commands(run)
    if isinstance(commands, Opaque) or see.graph is None:
        return None
    landed = Landed([Landing(step, place.strip("/"), "", ROOT)], context)
    environment = {one.name: one.value for one in step.scope.env if one.name}
    installs = {one.command.span: one for one in see.installs(run)}
    others: list[Command] = []
    found: list[str] = []
    for command in commands:
        install = installs.get(command.span)
        if install is None or command.words != install.command.words:
            others.append(command)
            continue
        if "$" in install.folder or command.background or command.function or not all(w.fixed for w in command.words):
            return None
        folder = posixpath.normpath(posixpath.join(step.scope.workdir, install.folder)).strip("/")
        asked = needs(install, folder, landed, environment)
        if isinstance(asked, Refusal) or asked.assumes or any(overlap("/" + one, place) for one in asked.writes):
            return None
        found += asked.files
    known = scopes(see.graph, run.stage)[run.index]
    look = keep_off(tuple(others), step.scope.workdir, known, Ground(landed, (place,)), run_text(run))
    if look.why or look.accounts or any(one.program == "ls" for one in others):
        return None  # what is listed is nobody's file
    files = tuple(dict.fromkeys((*found, *look.reads)))
    if any(landed.at(path) is None for path in files) or not _have_folders(place, look.folders, files):
        return None
    hidden = context.git_ignored
    inside = tuple(posixpath.relpath("/" + path, place) for path in files)
    return None if hidden is not None and inside and hidden(inside) else files


def _have_folders(place: str, folders: tuple[str, ...], files: tuple[str, ...]) -> bool:
    """Whether the directories below a place that commands go to are made by the mounts of the files."""
    wanted = [folder.strip("/") for folder in folders if overlap(place, folder) and len(folder) > len(place)]
    return all(any(file.startswith(folder + "/") for file in files) for folder in wanted)
