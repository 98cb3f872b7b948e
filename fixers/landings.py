"""Where what copies bring from the build context lands in the image: a view of those files as a project."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from ..analyzer.context import ContextError, Node, has_wildcard, matched, paths
from ..analyzer.context.ignore import Ignore, Sent
from ..analyzer.dockerfile.syntax import Copy
from ..analyzer.graph import ContextOrigin, CopyOp, CopySource, Step
from ..analyzer.named_tuple import NamedTuple
from ..rules.facts import BuildContext

_MOST = 2000
ROOT = Node("dir", 0o755)


class Landing(NamedTuple):
    """A file of the context at a place in the image, or a directory the content of which lands in one.

    `place` is without a slash at its ends, "" is the root; `path` is where it lies in the context.
    """

    step: Step
    place: str
    path: str
    node: Node
    exclude: tuple[str, ...] = ()


class Found(NamedTuple):
    """What lies at a place of the image: the landing that brings it, its path in the context and its node."""

    landing: Landing
    path: str
    node: Node


def landings(step: Step, context: BuildContext) -> tuple[Landing, ...] | None:
    """What a COPY or ADD brings from the context; None where it is not surely known."""
    body = step.instruction.body
    if not isinstance(step.op, CopyOp) or not isinstance(body, Copy):
        return None
    sent = Sent(context.context.tree, context.context.ignore)
    written = {word.span: word.text for word in body.sources}
    found: list[Landing] = []
    try:
        for source in step.op.sources:
            if source.origin != ContextOrigin(""):
                continue
            if "$" in written.get(source.span, "$"):
                return None
            more = _landed(source, step, step.op, context, sent)
            if more is None:
                return None
            found += more
    except ContextError:
        return None
    return tuple(found)


def _landed(source: CopySource, step: Step, op: CopyOp, context: BuildContext, sent: Sent) -> list[Landing] | None:
    taken = source.selection
    dest = op.dest.rstrip("/").removesuffix("/.").strip("/")
    if taken.parents:
        if "/./" in taken.raw or taken.exclude:
            return None
        listed = list(islice(paths(context.context, taken), _MOST + 1))
        if len(listed) > _MOST:
            return None
        return [Landing(step, _joined(dest, path), path, node) for path, node in listed if node.kind == "file"]
    if has_wildcard(taken.path) and taken.wildcard:
        if taken.exclude:
            return None
        tops = matched(context.context, taken)
        if tops is None:
            return None
    else:
        tops = (taken.path.strip("/"),)
    found: list[Landing] = []
    single = len(op.sources) == 1 and not has_wildcard(taken.path) and not op.dest.endswith(("/", "/."))
    for path in tops:
        node = node_at(sent, path)
        if node is None or node.kind not in ("file", "dir") or (taken.exclude and path):
            return None
        if node.kind == "dir":
            found.append(Landing(step, dest, path, node if path else ROOT, taken.exclude))
        elif not single:
            found.append(Landing(step, _joined(dest, posixpath.basename(path)), path, node))
        elif posixpath.basename(path) == posixpath.basename(dest):
            found.append(Landing(step, dest, path, node))
    return found


def node_at(sent: Sent, path: str) -> Node | None:
    """What is sent at a path of the context, None for nothing."""
    folder, _, name = path.rpartition("/")
    return sent.children(folder).get(name) if path else ROOT


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


class Landed:
    """The files of some landings as they lie in the image, the later ones over the earlier: a Project."""

    def __init__(self, found: Iterable[Landing], context: BuildContext) -> None:
        """Nothing is read yet."""
        self.landings = tuple(found)
        self._tree = context.context.tree
        self._sent = Sent(context.context.tree, context.context.ignore)

    def all_at(self, path: str) -> Iterator[Found]:
        """What the landings bring to a place, in their order."""
        for one in self.landings:
            if one.node.kind == "file":
                if one.place == path:
                    yield Found(one, one.path, one.node)
                continue
            inner = _inside(one.place, path)
            if inner is None:
                continue
            taken = _joined(one.path, inner) if inner else one.path
            node = node_at(self._sent, taken) if inner else one.node
            if node is not None and not (one.exclude and Ignore(one.exclude).excluded(inner)):
                yield Found(one, taken, node)

    def at(self, path: str) -> Found | None:
        """What lies at a place at last, None for nothing."""
        return next(reversed(list(self.all_at(path))), None)

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none or it cannot be read."""
        found = self.at(path)
        if found is None or found.node.kind != "file":
            return None
        try:
            return self._tree.read(found.path).decode("utf-8", "replace")
        except (ContextError, OSError):
            return None

    def names(self, folder: str) -> Collection[str]:
        """The names in a folder, empty where it is none."""
        found: set[str] = set()
        for one in self.landings:
            below = _inside(folder, one.place)
            if below:
                found.add(below.partition("/")[0])
            inner = _inside(one.place, folder)
            if one.node.kind == "dir" and inner is not None:
                taken = _joined(one.path, inner) if inner else one.path
                for name in self._sent.children(taken):
                    if not (one.exclude and Ignore(one.exclude).excluded(_joined(inner, name))):
                        found.add(name)
        return found


def _inside(folder: str, path: str) -> str | None:
    """The rest of a path below a folder, "" for the folder itself; None where it is elsewhere."""
    if not folder:
        return path
    if path == folder:
        return ""
    return path[len(folder) + 1 :] if path.startswith(folder + "/") else None
