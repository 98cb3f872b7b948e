"""What each instruction of a stage reads and writes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from ..dockerfile import names
from ..dockerfile.syntax import (
    Arg,
    Copy,
    Env,
    From,
    Instruction,
    Mount,
    Onbuild,
    Other,
    Run,
    Shell,
    User,
    Workdir,
)
from ..graph import BuildGraph, Step
from ..graph.paths import clean
from ..shell.commands import Command, Opaque
from ..shell.effects import ESSENTIAL, PROGRAMS, Effects, Surroundings, above, effects
from ..shell.runs import run_text
from ..shell.variables import is_common
from .commuting import BARRIER, covers
from .scope import ROOT, Known, scopes

CommandsOf = Callable[[Instruction], tuple[Command, ...] | Opaque]

_ACCOUNTS = frozenset({"/etc/passwd", "/etc/group"})
_EPOCH = "SOURCE_DATE_EPOCH"


def step_effects(graph: BuildGraph, step: Step, commands: CommandsOf) -> Effects | Opaque:
    """What a step reads and writes; Opaque where a base's ONBUILD makes it. `commands` gives the commands of a RUN."""
    instructions = graph.plan.dockerfile.stages[step.stage].instructions
    for at, found in enumerate(stage_effects(graph, step.stage, commands)):
        if instructions[at] is step.instruction or instructions[at].span == step.span:
            return found
    return Opaque("an instruction that the base image triggers")


def stage_effects(graph: BuildGraph, stage: int, commands: CommandsOf) -> tuple[Effects | Opaque, ...]:
    """What each instruction of a stage reads and writes, FROM first, which nothing goes before; Opaque is a RUN.

    Values that a build argument or the base image decides are not known, and neither is what hangs on them. Where a
    link that the stage makes may lead a path elsewhere, the whole file system is read and written.
    """
    instructions = graph.plan.dockerfile.stages[stage].instructions
    known = scopes(graph, stage)
    text = graph.plan.dockerfile.source.text
    found = [_instruction(one, text[slice(*one.span)], known[at], commands) for at, one in enumerate(instructions)]
    links = frozenset[str]().union(*(one.links for one in found if isinstance(one, Effects)))
    base = graph.stages[stage].base
    while isinstance(base, int):
        links |= _links(graph, base, commands)
        base = graph.stages[base].base
    if not links:
        return tuple(found)
    return tuple(_led(one, links, isinstance(instructions[at].body, Copy)) for at, one in enumerate(found))


def _links(graph: BuildGraph, stage: int, commands: CommandsOf) -> frozenset[str]:
    """The links that the RUN steps of a stage surely or perhaps make."""
    known = scopes(graph, stage)
    made = (
        _run(one, one.body, known[at], commands)
        for at, one in enumerate(graph.plan.dockerfile.stages[stage].instructions)
        if isinstance(one.body, Run)
    )
    return frozenset[str]().union(*(one.links for one in made if isinstance(one, Effects)))


def _led(one: Effects | Opaque, links: frozenset[str], copies: bool) -> Effects | Opaque:
    """Effects, of the whole file system where a link may lead one of the paths elsewhere."""
    if isinstance(one, Opaque):
        return one
    named = (*one.reads, *one.writes, *one.needs, *(path for path, _ in one.makes))
    others = links - one.links
    led = any(covers(link, path) for link in others for path in named if path.startswith("/"))
    # A directory that is copied may have a directory where the link is.
    led = led or (copies and any(covers(path, link) for link in others for path in one.writes if path.startswith("/")))
    return one._replace(reads=one.reads | {"/"}, writes=one.writes | {"/"}) if led else one


def _instruction(instruction: Instruction, text: str, known: Known, commands: CommandsOf) -> Effects | Opaque:
    """What an instruction does; `text` is what the file says, where `Instruction.text` is what the engine prints."""
    body = instruction.body
    if isinstance(body, From):
        return BARRIER
    if isinstance(body, Run):
        return _run(instruction, body, known, commands)
    named = _named(text, known.escape)
    if isinstance(body, Copy):
        return _copy(instruction, body, known, named)
    if isinstance(body, Env | Arg):
        return _variables(body, known, named)
    if isinstance(body, Workdir):
        return _workdir(body, known, named)
    if isinstance(body, User):
        return Effects(reads=named, writes=frozenset({"user"}))
    if isinstance(body, Shell):
        return Effects(writes=frozenset({"shell"}))
    if isinstance(body, Onbuild):
        return Effects(writes=frozenset({"config:OnBuild"}))
    return _configuration(instruction, body, known, named)


def _named(text: str, escape: str) -> frozenset[str]:
    return frozenset(f"env:{name}" for name in names(text, escape))


# Variables and configuration --------------------------------------------------------------------------------


def _variables(body: Env | Arg, known: Known, named: frozenset[str]) -> Effects:
    if any("$" in pair.key for pair in body.pairs):
        return BARRIER
    writes = {f"env:{pair.key}" for pair in body.pairs}
    if isinstance(body, Env):
        writes.add("config:Env")  # the order of its entries is part of the configuration
    if f"env:{_EPOCH}" in writes:
        return Effects(reads=named | {"/"}, writes=frozenset(writes) | {"/"})
    return Effects(reads=named, writes=frozenset(writes))


_WRITES = {
    "CMD": "config:Cmd",
    "ENTRYPOINT": "config:Cmd",  # which takes back the CMD of a base image
    "HEALTHCHECK": "config:Healthcheck",
    "EXPOSE": "config:ExposedPorts",
    "STOPSIGNAL": "config:StopSignal",
    "MAINTAINER": "config:Author",
}


def _configuration(instruction: Instruction, body: Other, known: Known, named: frozenset[str]) -> Effects:
    keyword = instruction.keyword
    if keyword == "LABEL":
        if any("$" in pair.key for pair in body.pairs) or not body.pairs:
            return BARRIER
        return Effects(reads=named, writes=frozenset(f"config:Label:{_bare(pair.key)}" for pair in body.pairs))
    if keyword == "VOLUME":
        # The classic builder and buildah throw away what later steps write below it.
        read = [known.word(text) for text in body.argv or [word.text for word in body.words]]
        paths = {clean(path) if path is not None and path.startswith("/") else "/" for path in read}
        return Effects(reads=named | paths, writes=frozenset(paths) | {"config:Volumes"})
    if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        # A shell runs them later: it expands what is in them, and the engine nothing.
        return Effects(reads=frozenset({"shell"}), writes=frozenset({_WRITES[keyword]}))
    if keyword in _WRITES:
        return Effects(reads=named, writes=frozenset({_WRITES[keyword]}))
    return BARRIER


def _bare(text: str) -> str:
    return text.replace('"', "").replace("'", "").replace("\\", "")


# Files ------------------------------------------------------------------------------------------------------


def _workdir(body: Workdir, known: Known, named: frozenset[str]) -> Effects:
    reads = {"user", "accounts", *named}
    if known.user is not None and not re.fullmatch(r"\d+(?::\d+)?|root(?::root)?", known.user):
        reads |= _ACCOUNTS  # without a USER it is that of the image: a RUN that can change accounts is run by root
    path = known.word(body.path.text)
    if path is None or not path.startswith("/"):
        reads.add("workdir")
    whole = _joined(path, known)
    if whole is None:
        return Effects(reads=frozenset(reads) | {"/"}, writes=frozenset({"/", "workdir"}))
    how = "0:0 0755" if known.user in ROOT else f"workdir of {known.user}"
    folders = (whole, *above(whole)) if whole != "/" else ()
    return Effects(
        reads=frozenset(reads), writes=frozenset({"workdir"}), makes=frozenset((folder, how) for folder in folders)
    )


def _joined(path: str | None, known: Known) -> str | None:
    """A path from the working directory; None where it is not known."""
    if path is None or (not path.startswith("/") and known.workdir is None):
        return None
    return clean(posixpath.join(known.workdir or "/", path))


def _copy(instruction: Instruction, body: Copy, known: Known, named: frozenset[str]) -> Effects:
    reads = set(named)
    for heredoc in instruction.heredocs:
        if heredoc.expand:
            reads |= _named(heredoc.content, "\\")
    if body.chown is not None and not re.fullmatch(r"\d+(?::\d+)?|root(?::root)?|0:root|root:0", body.chown):
        reads |= _ACCOUNTS
    dest = known.word(body.dest.text)
    if dest is None or not dest.startswith("/"):
        reads.add("workdir")
    remote = instruction.keyword == "ADD" and any(
        re.match(r"https?:|git@|git:|ssh:|\$", source.text) is not None for source in body.sources
    )
    path = _joined(dest, known)
    pinned = not remote or body.checksum is not None
    if path is None or path == "/":
        return Effects(frozenset(reads) | {"/"}, frozenset({"/"}), remote, pinned)
    how = "0:0 0755"
    if body.link:
        how = "a layer of its own"  # which brings the directories above, with a mode and an owner
    elif body.chown is not None or body.chmod is not None:
        how = f"copy {body.chown} {body.chmod}"
    makes = frozenset((folder, how) for folder in above(path))
    writes = {path, *("accounts" for file in _ACCOUNTS if covers(path, file))}
    return Effects(frozenset(reads), frozenset(writes), remote, pinned, makes=makes)


def _run(instruction: Instruction, body: Run, known: Known, commands: CommandsOf) -> Effects | Opaque:
    read = commands(instruction)
    if isinstance(read, Opaque):
        return read
    if known.escape != "\\":
        return Opaque("the file is written for Windows")
    if body.security not in (None, "sandbox") or body.devices:
        return Opaque("it runs with more than a RUN usually may")
    if any(re.search(r"^--?(?:login|init-file|rcfile)|^-\w*[li]", word) for word in known.shell or ()):
        return Opaque("its shell reads files of its own first")
    home = known.values.get("HOME") or ("/root" if known.user in ROOT and not known.open else None)
    script = run_text(instruction) if body.argv is None else " ".join(body.argv)
    at = Surroundings(None, known.values, home, script)
    found = effects(read, at)
    reads = {"user", "environment", "shell"}
    if known.user is not None and not re.fullmatch(r"\d+(?::\d+)?|root(?::root)?", known.user):
        reads |= _ACCOUNTS
    if isinstance(found, Opaque):
        found = effects(read, at._replace(workdir=known.workdir))
        reads.add("workdir")
    if isinstance(found, Opaque):
        return found
    if ESSENTIAL in found.reads and body.argv is None and known.shell not in (None, ("/bin/sh", "-c")):
        reads |= PROGRAMS  # the shell may come with a package
    if found.network and not (known.user is None or known.user in ROOT or home):
        return Opaque("the home of its user is not known")
    reads.update(f"search:{folder}" for folders in known.searched.values() for folder in folders)
    for name, value in known.values.items():
        if is_common(name) and name not in known.searched and name != "PATH":
            reads.update(clean(part) for part in value.split(":") if part.startswith("/"))
    how = f"run by {known.user}"
    found = found._replace(
        reads=found.reads | reads, makes=frozenset((path, how) for path, _ in found.makes if path != "/")
    )
    return _mounted(found, body.mounts, known)


def _mounted(found: Effects, mounts: tuple[Mount, ...], known: Known) -> Effects | Opaque:
    """Effects without what happens in mounts, which are no part of the image."""
    for mount in mounts:
        if mount.kind in ("secret", "ssh"):
            continue
        target = _joined(known.word(mount.target), known) if mount.target is not None else None
        if target is None or mount.kind not in ("bind", "cache", "tmpfs"):
            return Opaque("where something is mounted is not known")
        if not (known.word(mount.target or "") or "").startswith("/"):
            found = found._replace(reads=found.reads | {"workdir"})
        shared = {f"cache:{mount.id or target}"} if mount.kind == "cache" else set[str]()
        found = found._replace(
            reads=frozenset(path for path in found.reads if not _inside(path, target)) | shared,
            writes=frozenset(path for path in found.writes if not _inside(path, target)) | shared,
            makes=frozenset((path, how) for path, how in found.makes if not _inside(path, target)),
            needs=frozenset(path for path in found.needs if not _inside(path, target)) | {target, *above(target)},
        )
    return found


def _inside(path: str, target: str) -> bool:
    return path == target or path.startswith(target + "/")
