"""Where in a file system a COPY or WORKDIR writes, seen from a path that a later step takes from there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..context import Context, Selection, has_wildcard, match, matched, matches, paths
from ..graph import UNKNOWN_VALUE, UNKNOWN_WORKDIR, ContextOrigin, CopyOp, CopySource, MkdirOp, TextOrigin
from ..graph.paths import basename, clean
from ..named_tuple import NamedTuple

# The contexts of a build that can be read, by name.
Contexts = Mapping[str, Context]

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


def writes(op: CopyOp | MkdirOp, reading: CopySource, contexts: Contexts) -> list[Write]:
    """What `op` writes to the path that `reading` selects."""
    if isinstance(op, MkdirOp):
        inside = _parts(op.path)
        return [Write(op.path, (), None, True)] if _meets(inside, reading) and len(inside) >= _depth(reading) else []
    found: list[Write] = []
    for source in op.sources:
        for one in _resolved(op, source, contexts):
            found += _source(op, one, reading, contexts)
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


def _resolved(op: CopyOp, source: CopySource, contexts: Contexts) -> list[CopySource]:
    """What a pattern stands for in a context that can be read, and no `--exclude` where it excludes nothing."""
    context = contexts.get(source.origin.name) if isinstance(source.origin, ContextOrigin) else None
    if context is None or source.include or op.unpack:
        return [source]
    chosen = source.selection
    found = matched(context, chosen) if chosen.wildcard else None
    taken = [chosen] if found is None else [Selection(path, exclude=chosen.exclude) for path in found]
    return [
        source._replace(path=source.path if found is None else f"/{one.path}", selection=_unfiltered(context, one))
        for one in taken
    ]


@lru_cache(maxsize=64)
def _unfiltered(context: Context, wanted: Selection) -> Selection:
    """The selection without the exclusions that exclude nothing."""
    bare = wanted._replace(exclude=())
    nothing = wanted.exclude and list(paths(context, bare)) == list(paths(context, wanted))
    return bare if nothing else wanted


def _source(op: CopyOp, source: CopySource, reading: CopySource, contexts: Contexts) -> list[Write]:
    dest = clean(op.dest)
    attributes = (owner(op.chown), op.chmod, "unpack" if op.unpack else "")
    if dest.startswith(UNKNOWN_WORKDIR) or (UNKNOWN_VALUE[0] in dest) != (UNKNOWN_VALUE[0] in reading.path):
        return [Write(dest, attributes, source, False)]
    simple = not (source.selection.wildcard or source.include or op.unpack)
    plain = simple and not source.selection.exclude
    context = contexts.get(source.origin.name) if isinstance(source.origin, ContextOrigin) else None
    local = isinstance(source.origin, ContextOrigin)
    if isinstance(source.origin, TextOrigin) or (local and plain and not _holds(context, source)):
        return _file(op, source, reading, attributes)
    inside = _parts(dest)
    if not _meets(inside, reading):
        return []
    if len(inside) >= _depth(reading):
        return [Write(dest, attributes, source, not reading.include)]
    if not simple or reading.include or reading.selection.exclude:
        return [Write(dest, attributes, source, False)]
    inner = clean("/".join((source.path, *_wanted(reading)[len(inside) :])))
    selection = Selection(inner.removeprefix("/"), reading.selection.wildcard)
    through = local and _linked(context, selection)
    if local and not through and not _exists(context, selection):
        return []
    if not plain and (context is None or through or not _kept(context, source.selection, selection)):
        return [Write(dest, attributes, source, False)]
    return [Write(reading.path, attributes, source._replace(path=inner, selection=selection), True, through)]


def _kept(context: Context, wanted: Selection, part: Selection) -> bool:
    """Whether the exclusions of a selection leave all of a part of it."""
    return {path for path, _ in paths(context, part)} <= {path for path, _ in paths(context, wanted)}


def _exists(context: Context | None, selection: Selection) -> bool:
    """Whether a context holds anything that a selection takes; one that cannot be read may."""
    return context is None or matches(context, selection)


def _linked(context: Context | None, selection: Selection) -> bool:
    """Whether a component of a plain path is a symbolic link."""
    parts = selection.path.split("/")
    folders = ["/".join(parts[:depth]) for depth in range(len(parts))]
    if context is None:
        return True
    nodes = (context.tree.children(folder).get(part) for folder, part in zip(folders, parts, strict=True))
    return any(node is not None and node.kind == "link" for node in nodes)


def _file(op: CopyOp, source: CopySource, reading: CopySource, attributes: tuple[str, ...]) -> list[Write]:
    """A single file lands at the destination, or in it where that is a directory: either may be meant."""
    named = clean(f"{op.dest}/{basename(source.path)}")
    places = [named] if op.dest.endswith("/") or len(op.sources) > 1 else [clean(op.dest), named]
    for place in places:
        if _meets(_parts(place), reading) and len(_parts(place)) >= _depth(reading):
            alone = place == reading.path and (op.dest.endswith("/") or len(op.sources) > 1)
            return [Write(place, attributes, source, not reading.include, whole=alone, file=True)]
    return []


def _holds(context: Context | None, source: CopySource) -> bool:
    """Whether a plain source is a directory with something in it, or the context itself."""
    return source.path == "/" or _exists(context, Selection(source.selection.path + "/*", True))
