"""The directories that are the contexts of Dockerfiles: they are opened here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial

from ..analyzer.context import NOTHING_IGNORED, Context, ContextError, Ignore, Tree, read_ignore
from ..analyzer.context.directory import directory
from ..analyzer.files import read_regular
from ..analyzer.source import decode
from ..analyzer.typing import TYPE_CHECKING
from .facts import BuildContext
from .paths import is_dockerfile

if TYPE_CHECKING:
    from ..analyzer.context.git import Place
    from ..analyzer.context.history import History
    from ..analyzer.volatility import Volatility


class Contexts:
    """Opens build contexts, each directory once."""

    def __init__(self, texts: Mapping[str, str] | None = None, known: Contexts | None = None) -> None:
        """None is open yet, but for the directories that `known` has; `texts` stand in the place of ignore files."""
        self._texts = {os.path.normpath(path): text for path, text in (texts or {}).items()}
        self._trees: dict[str, Tree] = {} if known is None else known._trees
        self._ignores: dict[str, tuple[Ignore, str | None, str]] = {}
        self._histories: dict[Place, History | None] = {} if known is None else known._histories

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
        found: tuple[Ignore, str | None, str] = NOTHING_IGNORED, None, ""
        if dockerfile != "-":
            found = self._ignore(dockerfile + ".dockerignore")
        if found[1] is None:
            found = self._ignore(os.path.normpath(os.path.join(path, ".dockerignore")))
        ignore, ignore_file, text = found
        asked = _asked_of_git(path)
        changed = partial(self._changed, path, ignore) if asked is not None else None
        inside = _inside(dockerfile, path)
        named_here = given is not None
        return BuildContext(Context("", tree, ignore), ignore_file, inside, text, named_here, asked, changed, path)

    def _tree(self, path: str) -> Tree:
        if path not in self._trees:
            self._trees[path] = directory(path, path, git=False)
        return self._trees[path]

    def _changed(self, folder: str, ignore: Ignore) -> Volatility | None:
        """How often what a directory holds changes; None where git does not tell."""
        from ..analyzer.context.git import Repository, find
        from ..analyzer.context.history import history
        from ..analyzer.volatility import Volatility

        place = find(folder)
        if place is None or not place.top:
            return None
        if place not in self._histories:
            try:
                self._histories[place] = history(place)
            except ContextError:
                self._histories[place] = None  # a git that does not answer: then nothing is known of the past
        found = self._histories[place]
        return None if found is None else Volatility(found, Repository(place).prefix(folder), ignore)

    def _ignore(self, path: str) -> tuple[Ignore, str | None, str]:
        if path not in self._ignores:
            try:
                text = self._text(path)
            except FileNotFoundError:
                self._ignores[path] = NOTHING_IGNORED, None, ""
                return self._ignores[path]
            except OSError as error:
                raise ContextError(
                    f"`{path}` cannot be read, so what the build is sent is not known: {error.strerror}"
                ) from None
            try:
                self._ignores[path] = read_ignore(text), path, text
            except ContextError as error:
                raise ContextError(f"{path}: {error}") from error
        return self._ignores[path]

    def _text(self, path: str) -> str:
        known = self._texts.get(os.path.normpath(path))
        return decode(path, read_regular(path)).text if known is None else known


def _is_bare(path: str) -> bool:
    """Whether a directory holds nothing that a build could copy, besides Dockerfiles and what belongs to them."""
    try:
        return all(is_dockerfile(name) for name in os.listdir(path))
    except OSError:
        return False


def _asked_of_git(folder: str) -> Callable[[tuple[str, ...]], frozenset[str]] | None:
    """What tells those of the paths in a directory that git ignores; None outside work trees. Starts no process."""
    from ..analyzer.context.git import Repository, find

    place = find(folder)
    if place is None or not place.top:
        return None

    def ignored(paths: tuple[str, ...]) -> frozenset[str]:
        with Repository(place) as repository:
            try:
                found = repository.ignored([os.path.join(folder, path) for path in paths])
            except ContextError:
                return frozenset()  # a git that does not answer: then nothing is known to be ignored
        return frozenset(path for path in paths if os.path.join(folder, path) in found)

    return ignored


def _inside(dockerfile: str, context: str) -> str | None:
    if dockerfile == "-":
        return None
    relative = os.path.relpath(os.path.abspath(dockerfile), os.path.abspath(context))
    return None if relative.startswith("..") else relative.replace(os.sep, "/")
