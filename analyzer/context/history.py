"""Which paths the newest commits of a repository changed: asked of git once for each commit that is checked out.

The answer is kept in the user's cache directory, a file for each repository.
"""

from __future__ import annotations

import hashlib
import json
import os

from ..files import cache_folder
from ..named_tuple import NamedTuple
from .git import Place, Repository, head

_FORM = "-z --name-only --first-parent -m --no-renames --no-relative --no-color --format=%x00%H%x20%P".split()

COMMITS = 200
"""How many commits are looked at, from HEAD back along first parents."""


class History(NamedTuple):
    """The paths, from the top of the repository, that each commit changed, the newest first.

    A commit without a parent, or whose parent a shallow clone lacks, is left out: what it changed cannot be told.
    """

    head: str
    commits: tuple[tuple[str, ...], ...]


def history(place: Place) -> History:
    """What the newest commits changed; raises ContextError where git does not tell."""
    at = head(place)
    known = _kept(place)
    if known is not None and known.head == at != "":
        return known
    with Repository(place) as repository:
        if not repository.has_head():
            return History("", ())
        found = read_log(at, repository.log([f"--max-count={COMMITS}", *_FORM]))
    if at:
        _keep(place, found)
    return found


def read_log(at: str, log: bytes) -> History:
    """The history in what `git log` prints with _FORM: a NUL, hashes, a NUL, a line feed, paths that end in NUL."""
    commits: list[tuple[str, ...]] = []
    for part in log.split(b"\0\0") if log else ():
        header, _, names = part.lstrip(b"\0").partition(b"\0")
        if b" " in header.rstrip(b" "):
            paths = names.removeprefix(b"\n").rstrip(b"\0").split(b"\0")
            commits.append(tuple(path.decode("utf-8", "surrogateescape") for path in paths if path))
    return History(at, tuple(commits))


def history_path(place: Place) -> str:
    """The file that keeps the history of a repository."""
    name = hashlib.sha256(place.folder.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return os.path.join(cache_folder(), "histories", f"{name}.json")


def _kept(place: Place) -> History | None:
    """What the file says; None where there is none, or it is none of ours: git is asked then."""
    try:
        with open(history_path(place), "rb") as file:
            version, at, commits = json.load(file)
        if version != 1 or not isinstance(at, str):
            return None
        return History(at, tuple(tuple(map(str, paths)) for paths in commits))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _keep(place: Place, found: History) -> None:
    """Write the file, whole or not at all; where that cannot be, git is asked again the next time."""
    import tempfile  # what is kept already is read without it

    path = history_path(place)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path), delete=False) as file:
            json.dump([1, found.head, found.commits], file)
        os.replace(file.name, path)
    except OSError:
        return  # it only saves time
