"""Where in a file system a COPY or WORKDIR writes, seen from a path that a later step takes from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..context import Selection, has_wildcard, match
from ..graph import ContextOrigin, CopyOp, CopySource, MkdirOp, TextOrigin
from ..graph.paths import basename, clean

# Whether a context holds anything that a selection takes.
Exists = Callable[[str, Selection], bool]


class Write(NamedTuple):
    """What one source of a copy puts at or below a path.

    `reading` is the part of the source that gets there, None for a bare directory; where `exact` is False, more than
    what gets there.
    """

    place: str
    attributes: tuple[str, ...]
    reading: CopySource | None
    exact: bool


def reach(reading: CopySource) -> str:
    """The directory or file below which everything lies that a reading may select."""
    if not reading.selection.wildcard and not reading.include:
        return reading.path
    parts: list[str] = []
    pattern = f"{reading.path}/{reading.include[0]}" if reading.include else reading.path
    for part in pattern.split("/"):
        if has_wildcard(part):
            break
        parts.append(part)
    return clean("/".join(parts) or "/")


def writes(op: CopyOp | MkdirOp, reading: CopySource, exists: Exists) -> list[Write]:
    """What `op` writes to the path that `reading` selects."""
    path = reach(reading)
    if isinstance(op, MkdirOp):
        return [Write(op.path, (), None, True)] if below(op.path, path) else []
    found: list[Write] = []
    for source in op.sources:
        found += _source(op, source, path, reading, exists)
    return found


def below(path: str, directory: str) -> bool:
    """Whether `path` is the directory or lies in it."""
    return path == directory or directory == "/" or path.startswith(directory + "/")


def _source(op: CopyOp, source: CopySource, path: str, reading: CopySource, exists: Exists) -> list[Write]:
    dest = clean(op.dest)
    attributes = (op.chown, op.chmod, "unpack" if op.unpack else "")
    plain = not (source.selection.wildcard or source.include or source.selection.exclude or op.unpack)
    name = source.origin.name if isinstance(source.origin, ContextOrigin) else None
    if isinstance(source.origin, TextOrigin) or (name is not None and plain and not _holds(name, source, exists)):
        return _file(op, source, path, reading)
    if below(dest, path):
        return [Write(dest, attributes, source, True)] if _taken(dest, reading) else []
    if not below(path, dest):
        return []
    if not plain:
        return [Write(dest, attributes, source, False)]
    rest = reading.path.removeprefix(dest.rstrip("/"))
    inner = clean(source.path + rest)
    selection = Selection(inner.removeprefix("/"), reading.selection.wildcard)
    if name is not None and not exists(name, selection):
        return []
    return [Write(path, attributes, source._replace(path=inner, selection=selection), True)]


def _file(op: CopyOp, source: CopySource, path: str, reading: CopySource) -> list[Write]:
    """A single file lands at the destination, or in it where that is a directory: either may be meant."""
    named = clean(f"{op.dest}/{basename(source.path)}")
    places = [named] if op.dest.endswith("/") or len(op.sources) > 1 else [clean(op.dest), named]
    for place in places:
        if below(place, path) and _taken(place, reading):
            return [Write(place, (op.chown, op.chmod), source, True)]
    return []


def _taken(place: str, reading: CopySource) -> bool:
    """Whether a path below the reach of a reading is part of what it selects; --parents patterns are taken to match."""
    if not reading.selection.wildcard or reading.include:
        return True
    depth = reading.path.count("/") + 1
    parts = place.split("/")
    return len(parts) >= depth and match(reading.path, "/".join(parts[:depth]))


def _holds(name: str, source: CopySource, exists: Exists) -> bool:
    """Whether a plain source is a directory with something in it, or the context itself."""
    if source.path == "/":
        return True
    return exists(name, Selection(source.selection.path + "/*", True))
