"""What a Python script reads: its own text, the modules of the project that it imports, files that it names.

The one place that needs libcst, which is imported when the first script is read.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Sequence

from ..named_tuple import NamedTuple
from .files import Project, exists, inside

MOST_FILES = 64
MOST_TEXT = 200_000


class Reads(NamedTuple):
    """What is read: `files` are paths of the project (folders among them), `modules` the packages from elsewhere."""

    files: frozenset[str]
    modules: frozenset[str]


def script_reads(script: str, project: Project, arguments: Sequence[str] = ()) -> Reads | None:
    """What a script reads; None where its text does not tell: it looks into folders, or makes up names of modules.

    Files that the `arguments` of its command line name are read too.
    """
    folder = posixpath.dirname(script)
    files: set[str] = set()
    modules: set[str] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        text = project.text(path)
        if text is None or len(text) > MOST_TEXT or len(files) >= MOST_FILES:
            return None
        files.add(path)
        read = module(text)
        if read is None or read.open:
            return None
        package = posixpath.dirname(path)
        for name in read.imports:
            found = _found(name, folder, package, project)
            waiting += found
            if not found:
                modules.add(name.lstrip(".").partition(".")[0])
        files |= named(read.texts, (package, folder, ""), project)
    files |= named(arguments, (folder, ""), project)
    return Reads(frozenset(files), frozenset(modules) - sys.stdlib_module_names)


class Module(NamedTuple):
    """What a module's text tells. `imports` are dotted names, with dots in front where they are relative.

    `texts` are its strings, and those that are joined to a path; `keywords` the arguments of `setup(…)` by name, as
    their strings. `open` says why it may read more than it names, "" where it does not; `calls` are the functions
    that it calls, dotted.
    """

    imports: tuple[str, ...]
    texts: tuple[str, ...]
    keywords: dict[str, tuple[str, ...]]
    calls: frozenset[str]
    open: str


def module(text: str) -> Module | None:
    """What the text of a module tells; None where it is no Python."""
    from .syntax import read_module

    return read_module(text)


_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "pkg_resources", "sitecustomize", "usercustomize"})


def shadow(names: Iterable[str]) -> str | None:
    """A file or folder that stands for a module of Python or of its installers where its folder is looked into."""
    for name in sorted(names):
        stem = name.removesuffix(".py")
        beside = name.endswith((".egg-info", ".dist-info", ".egg-link", ".pth"))
        if beside or stem in _INSTALLERS or stem in sys.stdlib_module_names:
            return name
    return None


def named(texts: Sequence[str], folders: Sequence[str], project: Project) -> set[str]:
    """The files and folders of the project that strings name, from one of the folders."""
    found: set[str] = set()
    for text in texts:
        if 0 < len(text) < 200 and "\n" not in text and text.strip("./"):
            for folder in folders:
                path = inside(folder, text)
                if path and exists(project, path):
                    found.add(path)
    return found


def _found(name: str, folder: str, package: str, project: Project) -> list[str]:
    """The files of the project that an import runs: the module, and the packages on the way to it."""
    dots = len(name) - len(name.lstrip("."))
    roots = [folder, ""] if not dots else [posixpath.normpath(posixpath.join(package, *[".."] * (dots - 1)))]
    parts = [part for part in name.split(".") if part]
    for root in roots:
        root = "" if root == "." else root
        if root.startswith(".."):
            continue
        found: list[str] = []
        at = root
        for part in parts:
            at = f"{at}/{part}" if at else part
            if exists(project, f"{at}/__init__.py"):
                found.append(f"{at}/__init__.py")
            elif exists(project, f"{at}.py"):
                found.append(f"{at}.py")
                break
            elif not project.names(at):
                break
        if found:
            return found
    return []
