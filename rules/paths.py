"""Which files a lint is about: those that are named, and the Dockerfiles below directories."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

_NAME = r"(?:Dockerfile|Containerfile)(?:[.-].+)?|.+\.(?:[Dd]ockerfile|[Cc]ontainerfile)"
_NOT = (".dockerignore", ".containerignore", ".md", ".swp", ".orig", ".rej", ".bak", "~")
_TEMPLATES = (".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".in", ".mustache")
_SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache"}
)


def is_dockerfile(name: str) -> bool:
    """Whether a file's name says that it is a Dockerfile."""
    return re.fullmatch(_NAME, name) is not None and not name.endswith(_NOT + _TEMPLATES)


def found(path: str, *, ignored: bool = False) -> tuple[str, ...]:
    """What a path stands for: itself, or the Dockerfiles below it; those that git ignores only where `ignored`."""
    return dockerfiles(path, ignored=ignored) if os.path.isdir(path) else (path,)


def dockerfiles(path: str, *, ignored: bool = True) -> tuple[str, ...]:
    """The Dockerfiles below a directory, by path; those of dependencies and virtual environments are not ours.

    Where git cannot be asked, as in images of CI that have none, nothing is known to be ignored.
    """
    from ..analyzer.context import ContextError
    from ..analyzer.context.git import Repository, find

    below = list(_below(path))
    place = None if ignored or not below else find(path)
    if place is None:
        return tuple(below)
    with Repository(place) as repository:
        try:
            dropped = repository.ignored([os.path.abspath(one) for one in below])
        except ContextError:
            return tuple(below)
    return tuple(one for one in below if os.path.abspath(one) not in dropped)


def matches(path: str, patterns: Iterable[str], folder: str) -> bool:
    """Whether a file is meant by one of the patterns: by its path from `folder`, its name, or a directory it is in."""
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(folder)).replace(os.sep, "/")
    parts = relative.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(candidate, pattern.rstrip("/")) for pattern in patterns for candidate in (*heads, parts[-1]))


def _below(path: str) -> Iterator[str]:
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        yield from (os.path.normpath(os.path.join(folder, name)) for name in sorted(names) if is_dockerfile(name))
