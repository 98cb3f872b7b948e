"""Where Dockerfiles are found, and the directories that are their contexts. A lint looks at disks only here."""

from __future__ import annotations

import os
import re

from ..analyzer.context import NOTHING_IGNORED, Context, ContextError, Ignore, Tree, read_ignore
from ..analyzer.context.directory import directory
from ..analyzer.source import decode
from .facts import BuildContext

_NAME = re.compile(r"(?:Dockerfile|Containerfile)(?:[.-].+)?|.+\.(?:[Dd]ockerfile|[Cc]ontainerfile)")
_NOT = (".dockerignore", ".containerignore", ".md", ".swp", ".orig", ".rej", ".bak", "~")
_TEMPLATES = (".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".in", ".mustache")
_SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache"}
)


def is_dockerfile(name: str) -> bool:
    """Whether a file's name says that it is a Dockerfile."""
    return _NAME.fullmatch(name) is not None and not name.endswith(_NOT + _TEMPLATES)


def found(path: str) -> tuple[str, ...]:
    """What a path stands for: itself, or, where it is a directory, the Dockerfiles below it."""
    return dockerfiles(path) if os.path.isdir(path) else (path,)


def dockerfiles(path: str) -> tuple[str, ...]:
    """The Dockerfiles below a directory, by path; those of dependencies and virtual environments are not ours."""
    below: list[str] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        below += [os.path.normpath(os.path.join(folder, name)) for name in sorted(names) if is_dockerfile(name)]
    return tuple(below)


class Contexts:
    """Opens build contexts, each directory once."""

    def __init__(self) -> None:
        """None is open yet."""
        self._trees: dict[str, Tree] = {}
        self._ignores: dict[str, tuple[Ignore, str | None]] = {}

    def of(self, dockerfile: str, given: str | None) -> BuildContext | None:
        """The context of a Dockerfile: the given directory, else its own; None for standard input without one.

        A directory that holds nothing but Dockerfiles is nobody's context: it is built from elsewhere, and None.
        ContextError where an ignore file is malformed.
        """
        if dockerfile == "-" and given is None:
            return None
        path = given if given is not None else os.path.dirname(dockerfile) or "."
        if given is None and _is_bare(path):
            return None
        tree = self._tree(path)
        ignore, ignore_file = NOTHING_IGNORED, None
        if dockerfile != "-":
            own = dockerfile + ".dockerignore"
            ignore, ignore_file = self._ignore(own)
        if ignore_file is None:
            ignore, ignore_file = self._ignore(os.path.join(path, ".dockerignore"))
        return BuildContext(Context("", tree, ignore), ignore_file, _inside(dockerfile, path))

    def _tree(self, path: str) -> Tree:
        if path not in self._trees:
            self._trees[path] = directory(path, path, git=False)
        return self._trees[path]

    def _ignore(self, path: str) -> tuple[Ignore, str | None]:
        if path not in self._ignores:
            try:
                with open(path, "rb") as file:
                    text = decode(path, file.read()).text
            except OSError:
                self._ignores[path] = NOTHING_IGNORED, None
                return self._ignores[path]
            try:
                self._ignores[path] = read_ignore(text), path
            except ContextError as error:
                raise ContextError(f"{path}: {error}") from error
        return self._ignores[path]


def _is_bare(path: str) -> bool:
    """Whether a directory holds nothing that a build could copy, besides Dockerfiles and what belongs to them."""
    try:
        return all(is_dockerfile(name) for name in os.listdir(path))
    except OSError:
        return False


def _inside(dockerfile: str, context: str) -> str | None:
    if dockerfile == "-":
        return None
    relative = os.path.relpath(os.path.abspath(dockerfile), os.path.abspath(context))
    return None if relative.startswith("..") else relative.replace(os.sep, "/")
