"""A tree with some of its paths changed; what is not changed keeps its identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .resolve import resolve
from .tree import Node, Tree

_NEW_FILE = Node("file", 0o644)
_NEW_FOLDER = Node("dir", 0o755)
_TOLD = 3  # paths that a label names


class Overlay:
    """A base tree in which some paths hold another node, or nothing; directories on the way lose their identity."""

    def __init__(self, base: Tree, label: str, changes: Mapping[str, Node | None]) -> None:
        """The base with each path of `changes` replaced by its node, or removed where that is None."""
        self.label = label
        self.exact_modes = base.exact_modes
        self.tracked_only = base.tracked_only
        self._base = base
        self._changes: dict[str, dict[str, Node | None]] = {}
        self._folders: dict[str, Mapping[str, Node]] = {}
        self._emptied: dict[str, bool] = {}
        for path, node in sorted(changes.items(), key=lambda change: change[1] is not None):
            parent, _, name = path.rpartition("/")
            self._changes.setdefault(parent, {})[name] = node
            while parent:
                parent, _, name = parent.rpartition("/")
                siblings = self._changes.setdefault(parent, {})
                if siblings.get(name) is not None or (name in siblings and node is None):
                    break
                siblings[name] = _NEW_FOLDER

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of the directory, by name; empty where it is none."""
        if path not in self._changes:
            return self._base.children(path)
        if path not in self._folders:
            self._folders[path] = self._merged(path)
        return self._folders[path]

    def digest(self, path: str, node: Node) -> str:
        """The object id of the file's bytes, or the made-up identity of its edited bytes."""
        return node.ident or self._base.digest(path, node)

    def read(self, path: str) -> bytes:
        """The bytes of the file as the base has them; raises FileNotFoundError where the overlay has no such file."""
        parent, _, name = path.rpartition("/")
        node = self.children(parent).get(name)
        if node is None or node.kind != "file":
            raise FileNotFoundError(path)
        return self._base.read(path)

    def _merged(self, path: str) -> Mapping[str, Node]:
        nodes = dict(self._base.children(path))
        for name, changed in self._changes[path].items():
            here = f"{path}/{name}" if path else name
            if changed is None:
                nodes.pop(name, None)
            elif changed is _NEW_FOLDER:
                before = nodes.get(name, _NEW_FOLDER)
                nodes[name] = before._replace(ident="") if before.kind == "dir" else _NEW_FOLDER
                if self._vanishes(here):
                    del nodes[name]
            else:
                nodes[name] = changed
        return nodes

    def _vanishes(self, folder: str) -> bool:
        """Whether git, which keeps no empty directories, has none here any more."""
        return self.tracked_only and not self.children(folder)


def edited(tree: Tree, paths: Iterable[str]) -> Tree:
    """The same tree as if each path had been edited: a file gets other content, a directory's files all do.

    A path that is not there becomes a new file; symbolic links on the way are followed inside the root. The bytes of
    an edited file are made up: `read` gives those from before.
    """
    changes: dict[str, Node | None] = {}
    names: list[str] = []
    for path in paths:
        where, node = resolve(tree.children, path)
        names.append(path)
        if node is None and where:
            changes[where] = _NEW_FILE._replace(ident=f"edited:{where}")
        elif node is None or node.kind == "dir":
            changes.update(_files(tree, where))
        else:
            changes[where] = _other(where, node)
    told = ", ".join(names) if len(names) <= _TOLD else f"{len(names)} paths"
    return Overlay(tree, f"{tree.label} with {told} edited", changes)


def _files(tree: Tree, folder: str) -> Iterable[tuple[str, Node]]:
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        for name, node in tree.children(at).items():
            path = f"{at}/{name}" if at else name
            if node.kind == "dir":
                waiting.append(path)
            elif node.kind in ("file", "gitlink"):
                yield path, _other(path, node)


def _other(path: str, node: Node) -> Node:
    return node._replace(ident=f"edited:{path}", size=-1, mtime_ns=-1)
