"""Whether what copies bring, or what differs of it, surely is in the file system that they leave behind."""

from __future__ import annotations

from ..context import paths
from ..context.compare import Change
from ..graph import ContextOrigin, TextOrigin
from ..graph.paths import below, clean
from ..state import Build
from .comparison import Compared
from .writers import Write

# The writes of some layers with their vertices, the last layer first.
Written = list[tuple[int, Write]]


def order(one: tuple[int, Write]) -> tuple[str, tuple[str, ...], str]:
    """What writes are put in order by: the place first, so that the order of the steps does not count."""
    write = one[1]
    return write.place, write.attributes, write.reading.path if write.reading is not None else ""


def form(write: Write) -> tuple[bool, tuple[str, ...], bool] | None:
    """How a source is selected, apart from where it lies."""
    if write.reading is None:
        return None
    selection = write.reading.selection
    return selection.wildcard, selection.exclude, selection.parents


def changed_places(write: Write, changes: tuple[Change, ...]) -> list[str]:
    """Where the files that differ arrive."""
    taken = len(write.reading.selection.path) if write.reading is not None else 0
    return [clean(f"{write.place}/{change.path[taken:]}") for change in changes] or [write.place]


def uncovered(places: list[str], later: list[Write]) -> list[str]:
    """The places that no later write surely or possibly puts something on."""

    def hidden(place: str, by: Write) -> bool:
        return by.reading is not None and (place == by.place if by.file else below(place, by.place))

    return [place for place in places if not any(hidden(place, write) for write in later)]


def arrives(answer: Compared, write: Write) -> bool:
    """Whether a difference of what is read surely is one of what is written.

    A directory's own mode stays behind where its contents are copied, a file's where --chmod gives another; and a
    key can differ by the way of selecting alone.
    """
    if answer.changes == ():
        return write.reading is not None and isinstance(write.reading.origin, TextOrigin)
    given = len(write.attributes) > 1 and bool(write.attributes[1])
    for change in answer.changes:
        node = change.new or change.old
        if change.kind == "mode" and (given or (node is not None and node.kind == "dir")):
            continue
        if change.kind not in ("added", "removed") or (node is not None and node.kind != "dir"):
            return True
    return False


def overlap(found: list[Write]) -> bool:
    """Whether one write may cover what another brought."""
    brought = [write.place for write in found if write.reading is not None]
    return any(touches(place, set(brought[:at])) for at, place in enumerate(brought))


def touches(place: str, places: set[str]) -> bool:
    """Whether a place is one of the others, or above or below one."""
    return any(below(place, other) or below(other, place) for other in places)


def brought(written: Written) -> set[str]:
    """The places where something is put, other than bare directories."""
    return {write.place for _, write in written if write.reading is not None}


def alone(write: Write, written: Written) -> bool:
    """Whether nothing else in these layers is written at, above or below its place."""
    return not touches(write.place, brought([one for one in written if one[1] is not write]))


def brings_files(write: Write, build: Build) -> bool:
    """Whether a write surely puts a file, and one that its file system can hardly have already."""
    if write.reading is None or not write.exact or write.linked:
        return False
    return isinstance(write.reading.origin, TextOrigin) or bool(_modes(write, build))


def other_attributes(new: Write, new_build: Build, old: Write, old_build: Build) -> bool:
    """Whether owners or modes surely differ, of one source that is put to one place twice."""
    if not (brings_files(new, new_build) and brings_files(old, old_build)):
        return False
    if other_owner(new, old):
        return True
    one, other = _modes(new, new_build), _modes(old, old_build)
    return None not in one | other and bool(one) and bool(other) and one != other


def other_owner(new: Write, old: Write) -> bool:
    """Whether two writes surely give different owners: a name can stand for a number."""
    owners = new.attributes[0], old.attributes[0]
    return owners[0] != owners[1] and all(part.isdecimal() for owner in owners for part in owner.split(":"))


def _modes(write: Write, build: Build) -> set[int | None]:
    """The modes of the files that a write puts, None for one that is not known; empty where there may be no file."""
    assert write.reading is not None
    origin = write.reading.origin
    context = build.contexts.get(origin.name) if isinstance(origin, ContextOrigin) else None
    if context is None:
        return set()
    given = write.attributes[1] if len(write.attributes) > 1 else ""
    told = int(given, 8) if given.isdecimal() else None
    files = [node for _, node in paths(context, write.reading.selection) if node.kind == "file"]
    known = not given and context.tree.exact_modes
    return {told if told is not None else node.mode if known else None for node in files}
