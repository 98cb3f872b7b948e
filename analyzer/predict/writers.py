"""Where in a file system a COPY or WORKDIR writes, seen from a path that a later step takes from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..context import Selection, has_wildcard, match
from ..graph import UNKNOWN_VALUE, UNKNOWN_WORKDIR, ContextOrigin, CopyOp, CopySource, MkdirOp, TextOrigin
from ..graph.paths import basename, clean

# Whether a context holds anything that a selection takes, and whether the way there leads through a link.
Exists = Callable[[str, Selection], bool]
Linked = Callable[[str, Selection], bool]

# Directories that are links in the images of most distributions: what is written to one is found in the other.
_MERGED = {
    "bin": ("usr", "bin"),
    "sbin": ("usr", "sbin"),
    "lib": ("usr", "lib"),
    "lib64": ("usr", "lib64"),
}
_RUN = ("var", "run")


class Write(NamedTuple):
    """What one source of a copy puts at or below a path.

    `reading` is the part of the source that gets there, None for a bare directory; where `exact` is False, more than
    what gets there. `linked`: a symbolic link stands there, which may lead to what something else wrote. `whole`: it
    is a file, and all that the path holds. `file`: it is a single file.
    """

    place: str
    attributes: tuple[str, ...]
    reading: CopySource | None
    exact: bool
    linked: bool = False
    whole: bool = False
    file: bool = False


def writes(op: CopyOp | MkdirOp, reading: CopySource, exists: Exists, linked: Linked) -> list[Write]:
    """What `op` writes to the path that `reading` selects."""
    if isinstance(op, MkdirOp):
        inside = _parts(op.path)
        return [Write(op.path, (), None, True)] if _meets(inside, reading) and len(inside) >= _depth(reading) else []
    found: list[Write] = []
    for source in op.sources:
        found += _source(op, source, reading, exists, linked)
    return found


def owner(spec: str) -> str:
    """The user and group that a file gets from `--chown` or USER, as far as text tells: nothing said is root."""
    user, _, group = (spec or "0").partition(":")
    named = {"root": "0"}
    return f"{named.get(user, user)}:{named.get(group, group) or named.get(user, user)}"


def _parts(path: str) -> tuple[str, ...]:
    """The components of a path, directories that distributions merge written as one."""
    parts = tuple(part for part in path.split("/") if part)
    if parts[:2] == _RUN:
        parts = ("run", *parts[2:])
    return (*_MERGED[parts[0]], *parts[1:]) if parts and parts[0] in _MERGED else parts


def _wanted(reading: CopySource) -> tuple[str, ...]:
    """The components that a reading selects, patterns among them; of --parents what stands before the pattern."""
    return _parts(reading.path)


def _depth(reading: CopySource) -> int:
    return len(_wanted(reading))


def _meets(parts: tuple[str, ...], reading: CopySource) -> bool:
    """Whether a written path and a selected one lie on one line: one is, or is below, the other."""
    pairs = zip(_wanted(reading), parts, strict=False)
    return all(match(wanted, part) if has_wildcard(wanted) else wanted == part for wanted, part in pairs)


def _source(op: CopyOp, source: CopySource, reading: CopySource, exists: Exists, linked: Linked) -> list[Write]:
    dest = clean(op.dest)
    attributes = (owner(op.chown), op.chmod, "unpack" if op.unpack else "")
    if dest.startswith(UNKNOWN_WORKDIR) or (UNKNOWN_VALUE[0] in dest) != (UNKNOWN_VALUE[0] in reading.path):
        return [Write(dest, attributes, source, False)]
    plain = not (source.selection.wildcard or source.include or source.selection.exclude or op.unpack)
    name = source.origin.name if isinstance(source.origin, ContextOrigin) else None
    if isinstance(source.origin, TextOrigin) or (name is not None and plain and not _holds(name, source, exists)):
        return _file(op, source, reading, attributes)
    inside = _parts(dest)
    if not _meets(inside, reading):
        return []
    if len(inside) >= _depth(reading):
        return [Write(dest, attributes, source, not reading.include)]
    if not plain or reading.include or reading.selection.exclude:
        return [Write(dest, attributes, source, False)]
    inner = clean("/".join((source.path, *_wanted(reading)[len(inside) :])))
    selection = Selection(inner.removeprefix("/"), reading.selection.wildcard)
    through = name is not None and linked(name, selection)
    if name is not None and not through and not exists(name, selection):
        return []
    return [Write(reading.path, attributes, source._replace(path=inner, selection=selection), True, through)]


def _file(op: CopyOp, source: CopySource, reading: CopySource, attributes: tuple[str, ...]) -> list[Write]:
    """A single file lands at the destination, or in it where that is a directory: either may be meant."""
    named = clean(f"{op.dest}/{basename(source.path)}")
    places = [named] if op.dest.endswith("/") or len(op.sources) > 1 else [clean(op.dest), named]
    for place in places:
        if _meets(_parts(place), reading) and len(_parts(place)) >= _depth(reading):
            alone = place == reading.path and (op.dest.endswith("/") or len(op.sources) > 1)
            return [Write(place, attributes, source, not reading.include, whole=alone, file=True)]
    return []


def _holds(name: str, source: CopySource, exists: Exists) -> bool:
    """Whether a plain source is a directory with something in it, or the context itself."""
    return source.path == "/" or exists(name, Selection(source.selection.path + "/*", True))
