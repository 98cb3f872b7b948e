"""A directory on disk, read as it is asked for, and never through its symbolic links."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping

from ..typing import TYPE_CHECKING, Literal
from .tree import ContextError, Denied, Node, Tree

if TYPE_CHECKING:
    from .tracking import Tracking

Algorithm = Literal["sha1", "sha256"]

_BLOCK = 1 << 20
# Not every system has all of them; where there is no O_NOFOLLOW, the check before opening has to do.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_SORTS = {stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket", stat.S_IFCHR: "char", stat.S_IFBLK: "block"}


class Directory:
    """A directory on disk with exact modes, sizes, times and the extended attributes that the engine hashes.

    Devices, pipes and sockets are of kind "other", with their sort and number as `target`. What git's index says of
    a file serves as its identity where the bytes on disk are sure to be those.
    """

    exact_modes = True
    tracked_only = False

    def __init__(self, root: str, label: str, algorithm: Algorithm, tracked: Tracking | None) -> None:
        """The directory `root`, an absolute path; nothing is read yet."""
        self.label = label
        self._root = root
        self._algorithm = algorithm
        self._tracked = tracked
        self._folders: dict[str, Mapping[str, Node]] = {}
        self._digests: dict[str, str] = {}
        self._attributes = hasattr(os, "listxattr")

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of the directory, by name; empty where it is none; raises Denied where it may not be listed."""
        if path not in self._folders:
            self._folders[path] = self._listed(path)
        return self._folders[path]

    def digest(self, path: str, node: Node) -> str:
        """The git object id of the file's bytes (hex); raises Denied where it may not be read."""
        if node.ident:
            return node.ident
        if path not in self._digests:
            self._digests[path] = self._hashed(path)
        return self._digests[path]

    def read(self, path: str) -> bytes:
        """The bytes of the regular file; raises FileNotFoundError where there is none, Denied where it is shut."""
        opened = self._opened(path)
        try:
            blocks: list[bytes] = []
            while block := os.read(opened, _BLOCK):
                blocks.append(block)
            return b"".join(blocks)
        finally:
            os.close(opened)

    def _place(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root

    def _listed(self, path: str) -> Mapping[str, Node]:
        place = self._place(path)
        if path and not self._is_folder(path):
            return {}
        start = path + "/" if path else ""
        if self._tracked is not None:
            self._tracked.enter(path, place)
        out: dict[str, Node] = {}
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    node = self._node(start + entry.name, entry)
                    if node is not None:
                        out[entry.name] = node
        except PermissionError as error:
            raise self._denied(path, "list") from error
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return out

    def _is_folder(self, path: str) -> bool:
        """Whether the path is a directory by its own parents' listings, so that no link is walked through."""
        parent, _, name = path.rpartition("/")
        node = self.children(parent).get(name)
        return node is not None and node.kind == "dir"

    def _node(self, path: str, entry: os.DirEntry[str]) -> Node | None:
        try:
            status = entry.stat(follow_symlinks=False)
            target = os.readlink(entry.path) if stat.S_ISLNK(status.st_mode) else ""
        except (FileNotFoundError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                return None  # it went away after it was listed
            raise self._denied(path, "inspect") from error
        mode = stat.S_IMODE(status.st_mode)
        xattrs = self._xattrs(entry.path) if self._attributes else ()
        tracked, ident, gitlink = True, "", ""
        if self._tracked is not None:
            tracked, ident, gitlink = self._tracked.known(path, entry.path, status)
        if stat.S_ISREG(status.st_mode):
            return Node("file", mode, ident, "", status.st_size, status.st_mtime_ns, xattrs, tracked)
        if stat.S_ISDIR(status.st_mode):
            return Node("dir", mode, "", gitlink, -1, status.st_mtime_ns, xattrs, tracked)
        if stat.S_ISLNK(status.st_mode):
            return Node("link", 0o777, "", target, status.st_size, status.st_mtime_ns, xattrs, tracked)
        sort = _SORTS.get(stat.S_IFMT(status.st_mode), "unknown")
        if sort in ("char", "block"):
            sort += f" {os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
        return Node("other", mode, "", sort, -1, status.st_mtime_ns, xattrs, tracked)

    def _xattrs(self, place: str) -> tuple[tuple[str, bytes], ...]:
        """The attributes that count (contenthash/tarsum.go:v1TarHeaderSelect; c05p, c05q, c05r)."""
        try:
            names = os.listxattr(place, follow_symlinks=False)
        except OSError as error:
            if error.errno in (errno.ENOTSUP, errno.ENOSYS):
                self._attributes = False
            return ()
        return tuple((name, os.getxattr(place, name, follow_symlinks=False)) for name in sorted(names) if _counts(name))

    def _hashed(self, path: str) -> str:
        from hashlib import sha1, sha256  # most lints hash nothing

        try:
            opened = self._opened(path)
        except FileNotFoundError as error:
            raise ContextError(f"`{self._place(path)}` vanished or changed while it was read: try again") from error
        try:
            size = os.fstat(opened).st_size
            digest = (sha1 if self._algorithm == "sha1" else sha256)(b"blob %d\0" % size)
            while block := os.read(opened, _BLOCK):
                digest.update(block)
            return digest.hexdigest()
        finally:
            os.close(opened)

    def _opened(self, path: str) -> int:
        """A descriptor of the regular file: never of a link, a pipe, a device or a socket."""
        try:
            if not stat.S_ISREG(os.lstat(self._place(path)).st_mode):
                raise FileNotFoundError(path)
            opened = os.open(self._place(path), _FLAGS)
        except PermissionError as error:
            raise self._denied(path, "read") from error
        except NotADirectoryError as error:
            raise FileNotFoundError(path) from error
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise FileNotFoundError(path)
        return opened

    def _denied(self, path: str, what: str) -> Denied:
        return Denied(
            f"may not {what} `{self._place(path)}`, as the build may not: make it readable, or list it in .dockerignore"
        )


def _counts(name: str) -> bool:
    return name == "security.capability" or not name.startswith(("security.", "system.", "com.apple."))


def directory(path: str, label: str, *, git: bool = True, algorithm: Algorithm | None = None) -> Tree:
    """The directory on disk as a tree; raises ContextError where there is none.

    With `git`, the nodes of a git work tree know whether they are tracked, and files that the index vouches for are
    not read; a git that does not answer is no error. `algorithm` is that of the digests: git's own, else sha1.
    """
    root = os.path.realpath(path)
    if not os.path.isdir(root):
        raise ContextError(f"`{path}` is no directory: give the directory that the build takes its files from")
    tracked = None
    if git:
        from .tracking import tracking

        tracked = tracking(root)
    return Directory(root, label, algorithm or (tracked.algorithm if tracked else "sha1"), tracked)
