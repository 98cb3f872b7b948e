"""The tree of a commit, read object by object as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from .git import Repository
from .tree import ContextError, Node


class Revision:
    """A directory of one commit; its nodes carry git's object ids, and no sizes or times."""

    tracked_only = True

    def __init__(self, repository: Repository, commit: str, label: str, prefix: str, exact_modes: bool) -> None:
        """The directory `prefix` of the commit, empty where there is none; nothing is read yet."""
        self.label = label
        self.exact_modes = exact_modes
        self._repository = repository
        self._commit = commit
        self._prefix = prefix
        self._folders: dict[str, Mapping[str, Node]] = {}

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of the directory, by name; empty where it is none."""
        if path not in self._folders:
            self._folders[path] = self._read_folder(path)
        return self._folders[path]

    def digest(self, path: str, node: Node) -> str:
        """The node's object id."""
        if not node.ident:
            raise ContextError(f"`{path}` of {self.label} has no object id: git stores no such file")
        return node.ident

    def read(self, path: str) -> bytes:
        """The bytes of the file; raises FileNotFoundError where there is none, ContextError where git lacks them."""
        parent, _, name = path.rpartition("/")
        node = self.children(parent).get(name)
        if node is None or node.kind != "file":
            raise FileNotFoundError(path)
        return self._repository.blob(node.ident)

    def _read_folder(self, path: str) -> Mapping[str, Node]:
        if not path:
            ident = self._repository.root(self._commit)
            for part in self._prefix.split("/") if self._prefix else ():
                node = self._repository.listed(ident).get(part)
                if node is None or node.kind != "dir":
                    return {}
                ident = node.ident
            return self._repository.listed(ident)
        parent, _, name = path.rpartition("/")
        node = self.children(parent).get(name)
        return self._repository.listed(node.ident) if node is not None and node.kind == "dir" else {}
