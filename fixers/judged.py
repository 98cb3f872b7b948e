"""What is known of commands that are to run before copies, and which files that makes it necessary to copy first."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from ..analyzer.graph import ContextOrigin, CopyOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..rules.facts import BuildContext
from .landings import Landed, Landing

# Directories that tools make, and that people leave beside their source.
_GENERATED = frozenset({"node_modules", ".venv", "vendor", "target", "_build", "deps", ".gradle", "obj", ".dart_tool"})


class Halted(Exception):
    """Raised where there is no fix; the message says why, as a clause."""


class Known(NamedTuple):
    """What commands read, write and assume, the folders that have to be there, the names of the installs among them,
    and the files that have to be there whatever is in them.
    """

    files: tuple[str, ...]
    writes: tuple[str, ...]
    assumes: tuple[str, ...]
    folders: tuple[str, ...]
    names: tuple[str, ...]
    stubs: tuple[str, ...] = ()


def merged(known: Iterable[Known]) -> Known:
    """All that is known of commands, as if they were one."""
    every = tuple(known)
    return Known(*(tuple(item for one in every for item in one[at]) for at in range(len(Known._fields))))


def collisions(known: Known, behind: Landed, *, can_ignore: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths of the context that must not be sent, as what is copied behind would lie over what commands write, and
    what that assumes; Halted where they have to be sent.
    """
    found: list[str] = []
    for path in known.writes:
        there = behind.at(path)
        if there is None:
            continue
        if there.node.kind != "dir" or posixpath.basename(path) not in _GENERATED or not can_ignore:
            raise Halted(f"`{there.path}` of the context would lie over what the install writes")
        found.append(there.path)
    return tuple(found), tuple(f"nothing needs `{path}` of the context" for path in found)


def brought_first(
    known: Known, before: Iterable[Step], moving: Collection[int], landed: Landed, context: BuildContext
) -> list[tuple[str, Landing, str]]:
    """The files that must be copied first: where each lies in the image, its landing, its path in the context.

    `before` are the copies above, `moving` the ids of those that go below; Halted where a file is not surely known.
    """
    found: list[tuple[str, Landing, str]] = []
    foreign = [
        one
        for one in before
        if isinstance(one.op, CopyOp) and any(source.origin != ContextOrigin("") for source in one.op.sources)
    ]
    for path in dict.fromkeys(known.files):
        if any(near(path, [dest_of(one)]) and not dest_of(one).startswith(path + "/") for one in foreign):
            raise Halted(f"`{path}` may come from another stage")
        every = list(landed.all_at(path))
        if not every or every[-1].node.kind != "file":
            raise Halted(f"`{path}` is no file that is copied")
        last = every[-1]
        if last.landing.step.id in moving and not (
            len(every) > 1 and every[-2].landing.step.id not in moving and every[-2].path == last.path
        ):
            found.append((path, last.landing, last.path))
    ask = context.git_ignored
    hidden = ask(tuple(one[2] for one in found)) if ask is not None and found else frozenset[str]()
    if hidden:
        raise Halted(f"git ignores `{min(hidden)}`: it is not there in every checkout")
    return found


def dest_of(step: Step) -> str:
    """Where a copy goes, without slashes at its ends."""
    assert isinstance(step.op, CopyOp)
    return step.op.dest.rstrip("/").removesuffix("/.").strip("/")


def near(place: str, places: Iterable[str]) -> bool:
    """Whether a place is one of others, above or below it."""
    return any(
        not one or not place or one == place or one.startswith(place + "/") or place.startswith(one + "/")
        for one in places
    )
