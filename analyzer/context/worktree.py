"""The tracked files of a work tree as they are on disk, told by what differs from HEAD."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from hashlib import sha1, sha256

from .directory import Directory
from .git import Listing, Repository, find, head
from .overlay import Overlay
from .revision import Revision
from .tracking import index_time, unchanged
from .tree import ContextError, Node, Tree

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_LONGEST_POINTER = 1024


class Worktree(Overlay):
    """HEAD's tree with the changes of the tracked files on disk."""

    def __init__(self, base: Tree, disk: Tree, changes: Mapping[str, Node | None]) -> None:
        """HEAD's tree, the directory on disk, and what differs, by path."""
        super().__init__(base, "the work tree", changes)
        self._disk = disk

    def read(self, path: str) -> bytes:
        """The bytes of the tracked file on disk; raises FileNotFoundError where there is none."""
        parent, _, name = path.rpartition("/")
        if name not in self.children(parent):
            raise FileNotFoundError(path)
        return self._disk.read(path)


class _Nothing:
    """The tree of a repository without a commit."""

    tracked_only = True
    label = "no commit"

    def __init__(self, exact_modes: bool) -> None:
        self.exact_modes = exact_modes

    def children(self, path: str) -> Mapping[str, Node]:
        """No entries."""
        return {}

    def digest(self, path: str, node: Node) -> str:
        """Nothing to digest: raises ContextError."""
        raise ContextError(f"`{path}` is in no commit")

    def read(self, path: str) -> bytes:
        """Nothing to read: raises FileNotFoundError."""
        raise FileNotFoundError(path)


class _Comparison:
    """What it takes to tell how a tracked path on disk differs from what the index lists."""

    def __init__(self, repository: Repository, prefix: str, has_attributes: bool) -> None:
        self.repository = repository
        self.has_attributes = has_attributes
        self.top = repository.place.top
        self.written_ns = index_time(repository.place)
        self.start = prefix + "/" if prefix else ""
        self.disk = Directory(os.path.join(self.top, prefix), "the work tree", "sha1", None)
        setting = repository.settings().get("core.filemode", "true").lower()
        self.modes_count = setting not in ("false", "no", "off", "0")

    def untouched(self, path: str, listing: Listing) -> bool:
        """Whether the index vouches for the file on disk, without reading it."""
        try:
            return listing.held or unchanged(listing, os.lstat(f"{self.top}/{path}"), self.written_ns)
        except OSError:
            return False  # `node` finds out what is there

    def node(self, path: str, listing: Listing) -> Node | None:
        """The entry as it is on disk; None where nothing tracked is there."""
        place = os.path.join(self.top, path)
        try:
            status = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            return _listed(listing) if listing.held else None
        if listing.mode == 0o160000 and not listing.held:
            inner = find(place)
            commit = head(inner) if inner is not None and inner.top == os.path.realpath(place) else ""
            return Node("gitlink", 0o755, commit or listing.ident) if stat.S_ISDIR(status.st_mode) else None
        if listing.held or unchanged(listing, status, self.written_ns):
            node = _listed(listing)
            return node._replace(target=os.readlink(place)) if stat.S_ISLNK(status.st_mode) else node
        if stat.S_ISLNK(status.st_mode):
            target = os.readlink(place)
            data = target.encode("utf-8", "surrogateescape")
            return Node("link", 0o777, _object_id(data, listing), target)
        if not stat.S_ISREG(status.st_mode):
            return None
        mode = listing.mode if not self.modes_count and listing.mode & 0o170000 == 0o100000 else status.st_mode
        node = Node("file", 0o755 if mode & 0o100 else 0o644, "", "", status.st_size, status.st_mtime_ns)
        data = self.disk.read(path[len(self.start) :])
        return node._replace(ident=self._ident(data, listing))

    def _ident(self, data: bytes, listing: Listing) -> str:
        """The object id of the bytes; the listed one where only line ends or LFS keep them from being the same."""
        ident = _object_id(data, listing)
        if ident == listing.ident or listing.mode & 0o170000 != 0o100000:
            return ident
        if b"\r\n" in data and _object_id(data.replace(b"\r\n", b"\n"), listing) == listing.ident:
            return listing.ident
        return listing.ident if self._is_pointer_to(listing.ident, data) else ident

    def _is_pointer_to(self, ident: str, data: bytes) -> bool:
        if not self.has_attributes:
            return False
        try:
            pointer = self.repository.blob(ident)
        except ContextError:
            return False  # a partial clone lacks it; then the file on disk cannot have come from it either
        if not pointer.startswith(_POINTER) or len(pointer) > _LONGEST_POINTER:
            return False
        lines = pointer.splitlines()
        return b"size %d" % len(data) in lines and b"oid sha256:" + sha256(data).hexdigest().encode() in lines


def worktree(repository: Repository, prefix: str, exact_modes: bool) -> Tree:
    """The tracked files below `prefix` as they are on disk; raises ContextError for a bare repository.

    Files that the index vouches for are not read. A file that git would store as HEAD has it, line ends converted
    or as a git-lfs pointer, counts as unchanged.
    """
    if not repository.place.top:
        raise ContextError(f"`{repository.place.folder}` is bare, without a work tree: name a revision instead")
    born = repository.has_head()
    base: Tree = Revision(repository, "HEAD", "HEAD", prefix, exact_modes) if born else _Nothing(exact_modes)
    listings = repository.index(prefix)
    has_attributes = any(path.rpartition("/")[2] == ".gitattributes" for path in listings)
    comparison = _Comparison(repository, prefix, has_attributes)
    start = comparison.start
    listings = {path: one for path, one in listings.items() if path.startswith(start)}
    staged = set(repository.staged(prefix)) if born else set(listings)
    changes: dict[str, Node | None] = {}
    for path in staged.difference(listings):
        changes[path[len(start) :]] = None
    for path, listing in listings.items():
        if path not in staged and comparison.untouched(path, listing):
            continue
        node = comparison.node(path, listing)
        if path in staged or node is None or not _as_listed(node, listing):
            changes[path[len(start) :]] = node
    return Worktree(base, comparison.disk, changes)


def _as_listed(node: Node, listing: Listing) -> bool:
    listed = _listed(listing)
    return (node.kind, node.mode, node.ident) == (listed.kind, listed.mode, listed.ident)


def _listed(listing: Listing) -> Node:
    """The node of an entry that is as the index has it; a link's target is not known to the index."""
    sort = listing.mode & 0o170000
    if sort == 0o160000:
        return Node("gitlink", 0o755, listing.ident)
    if sort == 0o120000:
        return Node("link", 0o777, listing.ident)
    return Node("file", 0o755 if listing.mode & 0o100 else 0o644, listing.ident)


def _object_id(data: bytes, like: Listing) -> str:
    """The blob id of the bytes, by the algorithm of the listed one."""
    new = sha256 if len(like.ident) == 64 else sha1
    return new(b"blob %d\0" % len(data) + data).hexdigest()
