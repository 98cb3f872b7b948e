"""A project as its files: the only view that this package has of one."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from ..typing import Protocol


class Project(Protocol):
    """The files of a project. Paths are relative, with `/`; "" is its root."""

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none or it cannot be read."""
        ...

    def names(self, folder: str) -> Collection[str]:
        """The names in a folder, empty where it is none."""
        ...


def exists(project: Project, path: str) -> bool:
    """Whether something lies at a path."""
    folder, _, name = path.rpartition("/")
    return not path or name in project.names(folder)


def inside(folder: str, path: str) -> str | None:
    """The path of a project that `path` means in one of its folders; None where it leads out."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined.startswith(("..", "/")):
        return None
    return "" if joined == "." else joined


def below(project: Project, folder: str, deepest: int = 6) -> Iterator[str]:
    """A folder and those below it, those of dependencies and hidden ones left out."""
    yield folder
    if not deepest:
        return
    for name in sorted(project.names(folder)):
        path = f"{folder}/{name}" if folder else name
        if not name.startswith(".") and name not in ("node_modules", "vendor", "target") and project.names(path):
            yield from below(project, path, deepest - 1)
