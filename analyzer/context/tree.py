"""File trees as the engine is sent them: nodes, where they come from, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Mapping

from ..named_tuple import NamedTuple
from ..typing import Literal, Protocol

Kind = Literal["file", "dir", "link", "gitlink", "other"]


class Node(NamedTuple):
    """One entry of a tree, without its name and without its bytes.

    `mode` holds the 12 permission bits. `ident` names the bytes where that is known without reading them: the git
    object id of a file, a directory or a submodule (hex), "" where it is not. `target` is a symbolic link's text.
    `size` (bytes) and `mtime_ns` are -1 where they are not known, as in a git tree. `xattrs` are those that the
    engine hashes, sorted by name. `tracked` is False only where git is known not to track the entry (for a directory:
    nothing below it).
    """

    kind: Kind
    mode: int
    ident: str = ""
    target: str = ""
    size: int = -1
    mtime_ns: int = -1
    xattrs: tuple[tuple[str, bytes], ...] = ()
    tracked: bool = True


class ContextError(Exception):
    """A context that cannot be read; the message is one line, with the path and what to do."""


class Denied(ContextError):
    """A directory or file that this user may not read."""


class Tree(Protocol):
    """A file tree. Paths are relative, with `/`, without `.` or `..`; "" is the root.

    `exact_modes` is False where only the owner's execute bit is known (git). `tracked_only` is True where the tree
    holds just what git tracks. `label` says in a message where it comes from: "HEAD", "the work tree", "dir:x".
    """

    @property
    def label(self) -> str: ...
    @property
    def exact_modes(self) -> bool: ...
    @property
    def tracked_only(self) -> bool: ...

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of the directory at `path`, by name; empty where it is no directory."""
        ...

    def digest(self, path: str, node: Node) -> str:
        """The git object id of a file's bytes (hex), read and hashed only where `node.ident` does not tell."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of the regular file at `path`; raises FileNotFoundError where there is none."""
        ...
