"""Whether two instructions that stand side by side may change places."""

from __future__ import annotations

import re
from functools import lru_cache

from ..shell.commands import Opaque
from ..shell.effects import ANY, ESSENTIAL, MANAGER, PROGRAMS, SYSTEM, Effects
from ..shell.variables import is_common

_SEARCH = "search:"

EVERYTHING = Effects(
    reads=frozenset({"/", "user", "shell", "workdir", "environment"}),
    writes=frozenset({"/"}),
    network=True,
    stable=False,
    variables=ANY,
)
"""What a RUN may do that is not understood: all but change the configuration of the image."""

BARRIER = Effects(writes=frozenset({"*"}))
"""What keeps its place among all others: FROM, and what is not known to the engine that is modelled here."""

# Directories that are links to each other in some distributions and not in others count as one.
_ALIASES = (
    (re.compile(r"(?:/usr)?/s?bin(?=/|$)"), "/usr/bin"),
    (re.compile(r"(?:/usr)?/lib(?:32|64|x32)?(?=/|$)"), "/usr/lib"),
    (re.compile(r"/var/run(?=/|$)"), "/run"),
    (re.compile(r"/var/lock(?=/|$)"), "/run/lock"),
    (re.compile(r"/var/home(?=/|$)"), "/home"),
    (re.compile(r"/var/roothome(?=/|$)"), "/root"),
)


def commute(one: Effects | Opaque, other: Effects | Opaque, *, presume: bool = False) -> bool:
    """Whether exchanging two adjacent instructions surely leaves the same image, and lets both succeed as they do now.

    The image is its files, with owners, modes, bytes and links, and its configuration; times and layers aside.
    With `presume`, what `Effects.assumes` says is taken for granted, that the programs of packages read only those
    variables that every program may read, and that nothing is found where PATH and its like (`search:`) only also look.
    Taken for granted in any case is that the directories of the base image are
    no links to each other, those aside that distributions are known for (/bin, /lib, /var/run …).
    """
    return conflict(one, other, presume=presume) is None


def conflict(one: Effects | Opaque, other: Effects | Opaque, *, presume: bool = False) -> str | None:
    """What keeps two instructions in their order, None where nothing does: a path, or a name as in `Effects`."""
    first, second = _taken(one, presume), _taken(other, presume)
    if BARRIER in (first, second):
        return "*"
    return _met(first, second) or _met(second, first)


def _taken(one: Effects | Opaque, presume: bool) -> Effects:
    """Effects as far as they are sure."""
    if isinstance(one, Opaque):
        return EVERYTHING
    if presume:
        return one._replace(variables=one.variables - ANY) if one.foreign else one
    searched = frozenset(name.removeprefix(_SEARCH) for name in one.reads if name.startswith(_SEARCH))
    if one.assumes:
        return one._replace(reads=one.reads | {"/"}, writes=one.writes | {"/"})
    return one._replace(reads=one.reads | searched) if searched else one


def _met(one: Effects, other: Effects) -> str | None:
    """What one writes or makes, and the other reads, writes, makes or needs."""
    touched = other.reads | other.writes
    essential = PROGRAMS if ESSENTIAL in other.reads else frozenset[str]()
    for name in sorted(one.writes):
        if name.startswith("/"):
            if any(overlap(name, path) for path in touched if path.startswith("/")):
                return name
            managed = MANAGER in one.reads and name in SYSTEM
            if not managed and any(overlap(name, path) for path in essential):
                return name
            if any(covers(name, path) for path in (*other.needs, *(made for made, _ in other.makes))):
                return name
        elif name in touched or (name.startswith("env:") and _reads(other, name[4:])):
            return name
    makes = dict(other.makes)
    for path, how in sorted(one.makes):
        if path in other.needs or makes.get(path, how) != how:
            return path
        if any(covers(read, path) for read in other.reads if read.startswith("/")):
            return path
    return None


def _reads(one: Effects, name: str) -> bool:
    """Whether something may look at a variable of the environment."""
    if not one.variables.isdisjoint((name, *ANY)):
        return True
    return "environment" in one.reads and is_common(name)


def overlap(one: str, other: str) -> bool:
    """Whether one of two absolute paths is the other, or lies below it."""
    return covers(one, other) or covers(other, one)


def covers(folder: str, path: str) -> bool:
    """Whether an absolute path is a folder, or lies below it."""
    folder, path = _folded(folder), _folded(path)
    return folder == "/" or path == folder or path.startswith(folder + "/")


@lru_cache(maxsize=4096)
def _folded(path: str) -> str:
    for pattern, name in _ALIASES:
        match = pattern.match(path)
        if match is not None:
            return name + path[match.end() :]
    return path
