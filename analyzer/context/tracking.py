"""What git's index knows of the files of a directory on disk."""

from __future__ import annotations

import os

from .directory import Algorithm
from .git import Listing, Place, Repository, find, head
from .tree import ContextError

_LOW = 0xFFFFFFFF


class Tracking:
    """The tracked paths of one directory of a work tree, and which of them the index vouches for.

    `trusted` is False where the bytes on disk may differ from what git stores although nothing was changed: where
    line ends are converted or attributes name a filter.
    """

    def __init__(self, place: Place, prefix: str, listings: dict[str, Listing], trusted: bool) -> None:
        """The listings below `prefix`, by path from the work tree's top."""
        self._top = place.top
        self._start = prefix + "/" if prefix else ""
        self._listings = {
            path[len(self._start) :]: one for path, one in listings.items() if path.startswith(self._start)
        }
        self._folders = _parents(self._listings)
        self._trusted = trusted
        self._written_ns = index_time(place)
        self._converted: set[str] = set()
        long = any(len(one.ident) == 64 for one in self._listings.values())
        self.algorithm: Algorithm = "sha256" if long else "sha1"

    def enter(self, folder: str, place: str) -> None:
        """Nothing; notes whether attributes on disk apply to the directory's files."""
        above = bool(folder) and folder.rpartition("/")[0] in self._converted
        if above or os.path.lexists(os.path.join(place, ".gitattributes")):
            self._converted.add(folder)

    def known(self, path: str, place: str, status: os.stat_result) -> tuple[bool, str, str]:
        """Whether the path is tracked, the id of a file that is as the index has it, and a submodule's commit."""
        listing = self._listings.get(path)
        if listing is None:
            return path in self._folders, "", ""
        if listing.mode == 0o160000:
            inner = find(place)
            return True, "", head(inner) if inner is not None and inner.top == place else listing.ident
        sure = self._trusted and path.rpartition("/")[0] not in self._converted
        return True, listing.ident if sure and unchanged(listing, status, self._written_ns) else "", ""


def unchanged(listing: Listing, status: os.stat_result, written_ns: int) -> bool:
    """Whether the file is sure to hold the bytes that the index, written at `written_ns`, lists.

    A file as young as the index may have been changed after it was listed ("racily clean").
    """
    return (
        listing.mtime_ns == status.st_mtime_ns
        and listing.ctime_ns == status.st_ctime_ns
        and listing.size == status.st_size & _LOW
        and listing.inode == status.st_ino & _LOW
        and listing.stage == 0
        and listing.mtime_ns < written_ns
        and listing.mode & 0o170000 == status.st_mode & 0o170000
    )


def tracking(root: str) -> Tracking | None:
    """What git tracks below the directory; None where it lies in no work tree, or git does not answer."""
    place = find(root)
    if place is None or not place.top:
        return None
    try:
        with Repository(place) as repository:
            prefix = repository.prefix(root)
            listings = repository.index(prefix)
            settings = repository.settings()
    except ContextError:
        return None  # then it is a directory like any other
    return Tracking(place, prefix, listings, not converts(place, listings, settings))


def converts(place: Place, listings: dict[str, Listing], settings: dict[str, str]) -> bool:
    """Whether git may write other bytes to disk than it stores: by settings, or by attributes anywhere."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    files = (
        os.path.join(place.folder, "info", "attributes"),
        os.path.join(home, "git", "attributes"),
        "/etc/gitattributes",
        *((os.path.expanduser(settings["core.attributesfile"]),) if settings.get("core.attributesfile") else ()),
    )
    automatic = settings.get("core.autocrlf", "false").lower() not in ("false", "no", "off", "0", "")
    return (
        automatic
        or any(path == ".gitattributes" or path.endswith("/.gitattributes") for path in listings)
        or any(os.path.lexists(path) for path in files)
    )


def _parents(paths: dict[str, Listing]) -> set[str]:
    out: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in out:
            out.add(parent)
            parent = parent.rpartition("/")[0]
    return out


def index_time(place: Place) -> int:
    """When the index was written, in ns; 0 where it cannot be told."""
    try:
        return os.stat(os.path.join(place.folder, "index")).st_mtime_ns
    except OSError:
        return 0
