"""Ignore files: what they keep from being sent, read and applied as the client of BuildKit v0.32.2 does."""

from __future__ import annotations

from collections.abc import Mapping, Set

from .match import clean
from .patterns import BLANKS, Patterns
from .tree import ContextError, Denied, Node, Tree

_LONGEST_LINE = 64 * 1024  # bufio.MaxScanTokenSize
# Directories below which no walk goes: a path of 4,096 bytes may hold more than a call stack does.
_DEEPEST = 300


class Ignore:
    """The patterns of an ignore file, as moby/patternmatcher's ignorefile.ReadAll lists them; equal where those are."""

    def __init__(self, patterns: tuple[str, ...] = ()) -> None:
        """The rules of these patterns; raises ContextError where the engine refuses one."""
        self.patterns = patterns
        self._rules = Patterns(patterns)
        self._folders: dict[str, tuple[bool, int]] = {"": (False, 0)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ignore) and self.patterns == other.patterns

    def __hash__(self) -> int:
        return hash(self.patterns)

    def __repr__(self) -> str:
        return f"Ignore({self.patterns!r})"

    def excluded(self, path: str) -> bool:
        """Whether the rules match the path or a parent; a directory may be sent all the same, see `Sent`."""
        return self._rules.step(path, self._bits(_parent(path)))[0] if path else False

    def prunes(self, folder: str) -> bool:
        """Whether the directory is excluded and nothing below it can be re-included."""
        matched, bits = self._folder(folder)
        return matched and self._rules.settled(folder, bits)

    def among(self, folder: str, names: Set[str]) -> set[str]:
        """The names of the directory's entries that the rules match."""
        return self._rules.among(folder, names, self._bits(folder))

    def _bits(self, folder: str) -> int:
        return self._folder(folder)[1]

    def _folder(self, folder: str) -> tuple[bool, int]:
        if folder not in self._folders:
            self._folders[folder] = self._rules.step(folder, self._bits(_parent(folder)))
        return self._folders[folder]


class Sent:
    """What of a tree reaches the engine (fsutil filter.go:filterFS.Walk): all but the excluded entries.

    An excluded directory is sent where something below it is re-included; one that only loses its content is sent
    empty (c14g, c14h).
    """

    def __init__(self, tree: Tree, ignore: Ignore) -> None:
        self.tree = tree
        self.ignore = ignore
        self._children: dict[str, Mapping[str, Node]] = {}
        self._holding: dict[str, bool] = {}

    def children(self, folder: str) -> Mapping[str, Node]:
        """The entries of the directory that are sent, by name; ContextError where it lies too deep to be walked."""
        _refuse_deep(folder)
        if not self.ignore.patterns:
            return self.tree.children(folder)
        if folder not in self._children:
            self._children[folder] = self._filtered(folder)
        return self._children[folder]

    def _filtered(self, folder: str) -> Mapping[str, Node]:
        nodes = self.tree.children(folder)
        excluded = self.ignore.among(folder, nodes.keys())
        if not excluded:
            return nodes
        start = folder + "/" if folder else ""
        return {
            name: node
            for name, node in nodes.items()
            if name not in excluded or (node.kind in ("dir", "gitlink") and self._holds(start + name, node))
        }

    def _holds(self, folder: str, node: Node) -> bool:
        """Whether an excluded directory has something that is sent."""
        if self.ignore.prunes(folder):
            return False
        if node.kind == "gitlink":
            return True
        if folder not in self._holding:
            self._holding[folder] = self._finds(folder)
        return self._holding[folder]

    def _finds(self, folder: str) -> bool:
        """Whether something below an excluded directory is sent; the search ends at the first find."""
        searched: list[str] = []
        waiting = [folder]
        while waiting:
            at = waiting.pop()
            _refuse_deep(at)
            searched.append(at)
            try:
                nodes = self.tree.children(at)
            except Denied:
                continue  # an excluded directory may be unreadable (filter.go:Walk)
            excluded = self.ignore.among(at, nodes.keys())
            if len(excluded) < len(nodes):
                return True
            for name in excluded:
                path = f"{at}/{name}"
                if nodes[name].kind in ("dir", "gitlink") and not self.ignore.prunes(path):
                    if nodes[name].kind == "gitlink":
                        return True
                    waiting.append(path)
        self._holding.update(dict.fromkeys(searched, False))
        return False


def read_ignore(text: str) -> Ignore:
    """The rules of an ignore file's text; raises ContextError with the line that the engine refuses.

    Read as ignorefile.ReadAll does: a byte order mark and lines that begin with `#` are dropped, blanks around a
    pattern and after its `!` too, and paths are taken from the context's root.
    """
    patterns: list[str] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if len(line) >= _LONGEST_LINE or len(line.encode("utf-8", "surrogateescape")) >= _LONGEST_LINE:
            raise ContextError(f"line {number} is longer than 65,535 bytes, which no engine reads: split it")
        if line.startswith("#"):
            continue
        pattern = _pattern(line.strip(BLANKS))
        if not pattern:
            continue
        try:
            Patterns((pattern,))
        except ContextError as error:
            raise ContextError(f"line {number}: {error}") from error
        patterns.append(pattern)
    return Ignore(tuple(patterns)) if patterns else NOTHING_IGNORED


def _pattern(line: str) -> str:
    inverted = line.startswith("!")
    path = line[1:].strip(BLANKS) if inverted else line
    if path:
        path = clean(path)
        path = path[1:] if len(path) > 1 and path.startswith("/") else path
    return "!" + path if inverted else path


def _refuse_deep(folder: str) -> None:
    if folder.count("/") >= _DEEPEST:
        raise ContextError(f"`{folder[:60]}…` lies over {_DEEPEST} directories deep: list it in .dockerignore")


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


NOTHING_IGNORED = Ignore()
