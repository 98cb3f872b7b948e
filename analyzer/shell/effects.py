"""What the commands of a RUN read and write: files, the network, variables. What is not known is `Opaque`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..named_tuple import NamedTuple
from .commands import Command, Opaque

ANY = frozenset({"*"})
"""Stands in `Effects.variables` for every name."""

SYSTEM = frozenset(
    "/bin /boot /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /root /run /sbin /srv /tmp /usr /var".split()
)
"""Where the packages of a distribution put files, and what their scripts look at: the File System Hierarchy, which
Debian policy 9.1.1, the Fedora packaging guidelines and Alpine's abuild hold them to, and the homes of people."""

PROGRAMS = frozenset("/bin /etc /lib /lib32 /lib64 /libx32 /sbin /usr".split())
"""What every RUN reads: a shell, programs and their libraries, and who it runs as."""


ESSENTIAL = "essential"
"""What a RUN reads instead where it runs nothing but a shell and programs that every system begins with, and that do
the same in all their versions."""

MANAGER = "manager"
"""What a package manager reads that leaves such programs as they are, whatever else it puts into system directories:
those of Debian and of RPM, whose coreutils and shell are there from the beginning. apk may replace BusyBox's."""


class Effects(NamedTuple):
    """What a command or an instruction reads and writes.

    `reads` and `writes` are absolute paths, each with all that lies below it, and names of what is no file: `env:NAME`,
    `workdir`, `user`, `shell`, `config:Cmd`, `search:/app/bin` (a directory that PATH or its like names), `cache:ID`.
    `makes` are directories that are made where they are missing, each with a text that says with which owner and mode;
    `needs` are paths of which only that they are there counts, and as what. `links` are symbolic links that are made.
    `network`: it fetches; `stable`: the same inputs give the same bytes.
    `variables` are the names of the environment that may be read, besides those that every program may read of itself
    (`is_common`). `foreign` is True where the only programs that may read more of it are those of packages, and not the
    project's. `assumes` says what has to hold for the paths to be all.
    """

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    network: bool = False
    stable: bool = True
    variables: frozenset[str] = frozenset()
    makes: frozenset[tuple[str, str]] = frozenset()
    needs: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    foreign: bool = False
    assumes: tuple[str, ...] = ()


NOTHING = Effects()


class Surroundings(NamedTuple):
    """Where the commands of a RUN begin: `workdir` None where it is not known, `home` likewise.

    `values` are the variables of the environment whose values are known for sure; `script` is the text of the RUN.
    """

    workdir: str | None
    values: Mapping[str, str]
    home: str | None
    script: str


class Unsure(Exception):
    """What a command does is not known; the message says why."""


def effects(read: tuple[Command, ...] | Opaque, at: Surroundings) -> Effects | Opaque:
    """What the commands of a RUN do, one after the other; Opaque where what one of them does is not known."""
    if isinstance(read, Opaque):
        return read
    from .programs.walk import walked  # the table is loaded where somebody asks

    try:
        return walked(read, at)
    except Unsure as why:
        return Opaque(str(why))


def united(parts: Iterable[Effects]) -> Effects:
    """What several do together, in any order."""
    known = tuple(parts)
    return Effects(
        reads=frozenset().union(*(one.reads for one in known)),
        writes=frozenset().union(*(one.writes for one in known)),
        network=any(one.network for one in known),
        stable=all(one.stable for one in known),
        variables=frozenset().union(*(one.variables for one in known)),
        makes=frozenset().union(*(one.makes for one in known)),
        needs=frozenset().union(*(one.needs for one in known)),
        links=frozenset().union(*(one.links for one in known)),
        foreign=any(one.foreign for one in known) and all(one.foreign for one in known if one.variables >= ANY),
        assumes=tuple(dict.fromkeys(text for one in known for text in one.assumes)),
    )


def above(path: str) -> tuple[str, ...]:
    """The directories that a clean absolute path lies in, the nearest first, without the root."""
    found: list[str] = []
    at = path.rpartition("/")[0]
    while at:
        found.append(at)
        at = at.rpartition("/")[0]
    return tuple(found)


_NAMES = re.compile(r"[A-Za-z_]\w*")


def identifiers(text: str) -> frozenset[str]:
    """All words of a text that could be the names of variables."""
    return frozenset(_NAMES.findall(text))
