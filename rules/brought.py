"""Which files of the context an install finds where it runs, as far as the steps before it tell."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from itertools import islice

from ..analyzer.context import ContextError, Ignore, Selection, has_wildcard, match, paths
from ..analyzer.dockerfile.syntax import Copy
from ..analyzer.graph import BuildGraph, ContextOrigin, CopyOp, RunOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import is_manifest
from ..analyzer.source import Span
from .copies import context_mounts, is_whole
from .facts import BuildContext
from .reach import ancestors

_MOST_LOOKED_AT = 5000


class Brought(NamedTuple):
    """A source of a COPY, or a bind mount, from the context: what it takes and where in the image that lands."""

    step: Step
    text: str
    span: Span
    taken: Selection
    dest: str
    into: bool

    @property
    def is_broad(self) -> bool:
        """Whether it may bring files that it does not name: a folder, perhaps."""
        name = self.taken.path.rpartition("/")[2]
        return is_whole(self.taken) or not (_is_file(name) or has_wildcard(name)) or self.taken.path.endswith("**")

    def names(self, wanted: str) -> bool:
        """Whether it names a file of that name, or has a pattern that fits it."""
        name = self.taken.path.rpartition("/")[2]
        return name == wanted or (has_wildcard(name) and fnmatchcase(wanted, name)) or self.landing == wanted

    @property
    def landing(self) -> str:
        """The name that it gives to a single file, "" where the file keeps its own."""
        return "" if self.into else posixpath.basename(self.dest)

    @property
    def folder(self) -> str:
        """The folder of the image that its files land in."""
        return self.dest if self.into else posixpath.dirname(self.dest)


def brought(graph: BuildGraph, step: Step) -> tuple[list[Brought], list[str]]:
    """What comes from the context before a RUN runs, and the places of the image that other things are copied to."""
    found: list[Brought] = []
    others: list[str] = []
    for other in ancestors(graph, step):
        body = other.instruction.body
        if not isinstance(other.op, CopyOp) or not isinstance(body, Copy):
            continue
        written = {word.span: word.text for word in body.sources}
        for source in other.op.sources:
            text = written.get(source.span, source.path)
            if not isinstance(source.origin, ContextOrigin) or source.origin.name or "$" in text:
                others.append(other.op.dest)
                continue
            single = len(other.op.sources) == 1 and not has_wildcard(text)
            name = posixpath.basename(source.selection.path)
            into = not single or other.op.dest.endswith("/") or body.dest.text in (".", "./") or _is_folder(name, other)
            dest = posixpath.normpath(other.op.dest)
            found.append(Brought(other, text, source.span, source.selection, dest, into))
    if isinstance(step.op, RunOp):
        targets = {mount.span: mount for mount in step.op.mounts}
        for text, span, taken in context_mounts(step):
            into = is_whole(taken) or "." not in posixpath.basename(taken.path)
            found.append(Brought(step, text, span, taken, targets[span].target, into))
        others += [
            mount.target
            for mount in step.op.mounts
            if mount.kind == "bind" and mount.span not in {one.span for one in found}
        ]
    return found, others


def _is_folder(name: str, step: Step) -> bool:
    """Whether the destination is surely a folder: it has no extension, and is not the name of the source."""
    assert isinstance(step.op, CopyOp)
    last = posixpath.basename(posixpath.normpath(step.op.dest))
    return last != name and "." not in last and _is_file(name)


def _is_file(name: str) -> bool:
    """Whether a name sounds like that of a file."""
    return "." in name or is_manifest(name)


def brings(one: Brought, path: str, context: BuildContext) -> bool:
    """Whether a source brings the file at a path of the context, the ignore rules applied."""
    taken = one.taken
    if context.context.ignore.excluded(path) or (taken.exclude and Ignore(taken.exclude).excluded(path)):
        return False
    if taken.parents:
        try:
            return any(found == path for found, _ in islice(paths(context.context, taken), _MOST_LOOKED_AT))
        except ContextError:
            return True
    root = taken.path.strip("/")
    if root in ("", path) or path.startswith(root + "/"):
        return True
    if not taken.wildcard or not has_wildcard(root):
        return False
    return match(root, "/".join(path.split("/")[: root.count("/") + 1]))


class ContextProject:
    """The context as a project: what the ignore rules keep out is not there."""

    def __init__(self, context: BuildContext) -> None:
        """Nothing is read yet."""
        self._context = context.context
        self._names: dict[str, frozenset[str]] = {}

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none or it cannot be read."""
        folder, _, name = path.rpartition("/")
        if name not in self.names(folder):
            return None
        try:
            return self._context.tree.read(path).decode("utf-8", "replace")
        except (ContextError, OSError):
            return None

    def names(self, folder: str) -> Collection[str]:
        """The names in a folder, empty where it is none."""
        if folder not in self._names:
            self._names[folder] = frozenset(self._sent(folder))
        return self._names[folder]

    def _sent(self, folder: str) -> Iterator[str]:
        try:
            children = self._context.tree.children(folder)
        except (ContextError, OSError):
            return
        for name, node in children.items():
            path = f"{folder}/{name}" if folder else name
            if node.kind in ("dir", "link") or not self._context.ignore.excluded(path):
                yield name


def context_path(one: Brought, path: str) -> str | None:
    """Where in the context the file lies that a source puts at an absolute path of the image; None for elsewhere."""
    path = posixpath.normpath(path)
    dest = one.dest.rstrip("/")
    if not one.into and path == one.dest and "." in posixpath.basename(one.taken.path):
        return one.taken.path
    if path != dest and not path.startswith(dest + "/"):
        return None
    inner = posixpath.normpath(posixpath.join(one.taken.path if one.is_broad else "", path[len(dest) + 1 :]))
    return "" if inner == "." else inner
