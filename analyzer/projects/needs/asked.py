"""An install as it is asked about, and the answers there are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from ...named_tuple import NamedTuple
from ...shell import Install
from ..files import Project, inside
from ..tables import entries, table, toml

_MOST_FILES = 400
_DEEPEST = 8


class Needs(NamedTuple):
    """What an install reads of a project: `files`, all of which are there.

    `writes` are the files and folders that it makes in the project. `assumes` says what must hold beyond what the
    project's text tells; where it is empty, nothing is guessed. `stubs` are files that have to be there, whatever is in
    them.
    """

    files: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()


NOTHING = Needs()


class Refusal(NamedTuple):
    """Why it is not known what an install reads, as a clause."""

    why: str


class Unknown(Exception):
    """Raised where an answer is not surely known; the message says why, as a clause."""


class Asked(NamedTuple):
    """An install, the folder of the project where it runs, and the variables that it finds."""

    install: Install
    folder: str
    project: Project
    environment: Mapping[str, str]

    @property
    def words(self) -> list[str]:
        """The words of its command."""
        return [word.text for word in self.install.command.words]

    def given(self, *options: str) -> bool:
        """Whether one of these options is among the words, with a value or without one."""
        return any(word.partition("=")[0] in options for word in self.words)

    def path(self, name: str, folder: str | None = None) -> str:
        """The path in the project of what a relative or absolute path means; Unknown where it leads out."""
        if not name or re.search(r"[$`*?\[{~]", name):
            raise Unknown(f"`{name}` is no fixed path")
        if name.startswith("/"):
            return posixpath.normpath(name).strip("/")
        found = inside(self.folder if folder is None else folder, name)
        if found is None:
            raise Unknown(f"`{name}` lies outside of what is copied")
        return found

    def text(self, name: str) -> str | None:
        """The text of a file of its folder."""
        return self.project.text(joined(self.folder, name))

    def there(self, *names: str) -> tuple[str, ...]:
        """Those of the files that its folder has, as paths of the project."""
        return tuple(path for path in (joined(self.folder, name) for name in names) if self.is_file(path))

    def needed(self, *names: str) -> tuple[str, ...]:
        """The paths of files of its folder; Unknown where one is not there."""
        for name in names:
            if not self.is_file(joined(self.folder, name)):
                raise Unknown(f"the context has no `{joined(self.folder, name)}`")
        return tuple(joined(self.folder, name) for name in names)

    def one_of(self, *names: str) -> tuple[str, ...]:
        """The paths of those of the files that are there; Unknown where none is."""
        found = self.there(*names)
        if not found:
            raise Unknown(f"the context has no `{joined(self.folder, names[0])}`")
        return found

    def is_file(self, path: str) -> bool:
        """Whether a file lies at a path of the project."""
        return self.project.text(path) is not None

    def has(self, name: str) -> bool:
        """Whether its folder has a file or a folder with something in it at a path."""
        path = joined(self.folder, name)
        return self.is_file(path) or bool(self.project.names(path))

    def above(self) -> Iterator[str]:
        """The folders of the project above its own, the nearest first."""
        parts = self.folder.split("/") if self.folder else []
        for count in range(len(parts) - 1, -1, -1):
            yield "/".join(parts[:count])

    def configured_above(self, *names: str) -> tuple[str, ...]:
        """Those of the files that its folder or one above it has."""
        folders = (self.folder, *self.above())
        return tuple(path for one in folders for path in (joined(one, name) for name in names) if self.is_file(path))

    def files_in(self, name: str) -> tuple[str, ...]:
        """All files below a folder of its folder; Unknown where they are very many."""
        found: list[str] = []
        waiting = [joined(self.folder, name)]
        while waiting:
            at = waiting.pop()
            if len(found) > _MOST_FILES or at.count("/") > _DEEPEST + self.folder.count("/"):
                raise Unknown(f"`{name}` holds too many files")
            if self.is_file(at):
                found.append(at)
                continue
            waiting += [joined(at, one) for one in self.project.names(at)]
        return tuple(found)

    def manifest(self, name: str) -> dict[str, object]:
        """The tables of a manifest in TOML in its folder; Unknown where it is not there or has none."""
        (path,) = self.needed(name)
        found = toml(path, self.project)
        if not found:
            raise Unknown(f"`{path}` is no TOML")
        return found


def joined(folder: str, name: str) -> str:
    """A path below a folder of the project."""
    return f"{folder}/{name}" if folder else name


def json_table(path: str, project: Project) -> dict[str, object]:
    """The object that a file in JSON holds; Unknown where it is none. Comments and commas at an end are no JSON."""
    import json

    text = project.text(path)
    if text is None:
        raise Unknown(f"the context has no `{path}`")
    try:
        found = table(json.loads(text))
    except (ValueError, RecursionError):
        found = None
    if found is None:
        raise Unknown(f"`{path}` is no JSON")
    return found


def strings(value: object) -> Iterator[str]:
    """All texts in a value that JSON or TOML gave, keys left out."""
    if isinstance(value, str):
        yield value
    for one in entries(value):
        yield from strings(one)


def kept(lock: str, install: Install) -> str:
    """The assumption about an install that may write a lock file anew."""
    return f"`{install.name}` leaves `{lock}` as it is"
