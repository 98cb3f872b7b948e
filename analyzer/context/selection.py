"""What one COPY or ADD source, or one mount, takes from a context: as a value, and as the engine finds it.

The engine makes the content key of a selection either from one file or directory, or from a list of names and
digests; both are made of `Taken` entries here (cache/contenthash/checksum.go:Checksum, BuildKit v0.32.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from ..named_tuple import NamedTuple
from .ignore import NOTHING_IGNORED, Ignore, Sent
from .match import compiled, crosses_slashes, has_wildcard, inside, split_wildcard
from .patterns import UNKNOWN, Patterns
from .resolve import resolve
from .tree import Node, Tree

ROOT = Node("dir", 0)  # the engine's header of a context's root is a constant (c09b, c09r)


_recent: deque[Sent] = deque(maxlen=4)


class Context(NamedTuple):
    """A build context: its name ("" is the main one), its tree, and the ignore rules that apply to it."""

    name: str
    tree: Tree
    ignore: Ignore = NOTHING_IGNORED


class Selection(NamedTuple):
    """What one source takes: `path` is clean, relative to the context's root, and "" for the root itself.

    `wildcard` says that `path` may be a pattern, as in COPY and ADD; `exclude` holds the values of `--exclude`.
    With `parents`, `raw` is the source as written, which may have a pivot `/./`, and `path` the whole of it, cleaned.
    """

    path: str
    wildcard: bool = False
    exclude: tuple[str, ...] = ()
    parents: bool = False
    raw: str = ""


class Taken(NamedTuple):
    """One entry of a selection: its name in the engine's list, where it lies, and the node there.

    `whole` is True where a directory counts with all that is below it, and False where only its own header does.
    `node` is None for what the engine would fail to find, such as a dangling link. `link` is the path of the link
    that led here, "" where none of the list did.
    """

    name: str
    path: str
    node: Node | None
    whole: bool
    link: str = ""


class Position(NamedTuple):
    """A directory on the way through a selection.

    `wild` counts the components of the pattern that led here, -1 below a match. `top` is True where no directory
    above is part of the list: links right below are followed then. `candidate` is what `--exclude` and `--parents`
    patterns are compared with, and the bits are what they matched so far.
    """

    path: str
    name: str
    wild: int
    top: bool
    candidate: str
    include_bits: int
    exclude_bits: int


class Step(NamedTuple):
    """What a name below a position is: `taken` where it counts itself, and `below` where the walk goes on."""

    taken: Taken | None
    below: Position | None
    header: Taken | None  # counts only where something below does


def selection(source: str, *, wildcard: bool = True, exclude: tuple[str, ...] = (), parents: bool = False) -> Selection:
    """The selection of a source as written in the Dockerfile, variables expanded."""
    return Selection(inside(source), wildcard, exclude, parents, source)


@lru_cache(maxsize=64)
def _patterns(texts: tuple[str, ...]) -> Patterns:
    return Patterns(texts)


def _sent(tree: Tree, ignore: Ignore) -> Sent:
    """What is sent of a tree, with what was already found out about it: the last few are kept."""
    for one in _recent:
        if one.tree is tree and one.ignore == ignore:
            return one
    _recent.append(Sent(tree, ignore))
    return _recent[-1]


class Side:
    """One selection in one context, ready to be walked."""

    def __init__(self, context: Context, wanted: Selection) -> None:
        """Nothing is read yet; raises ContextError where a pattern is malformed."""
        self.sent = _sent(context.tree, context.ignore)
        self.ignore = context.ignore
        base, include = _pivot(wanted)
        self.base = base
        self.include = _patterns(include) if include is not None else None
        self.exclude = _patterns(wanted.exclude) if wanted.exclude else None
        self.wildcard = wanted.wildcard and has_wildcard(base)
        self.prefix, pattern = split_wildcard(base) if self.wildcard else (base, "")
        self._across = self.wildcard and crosses_slashes(base)
        self._parts = pattern.split("/") if self.wildcard else []
        self._whole_pattern = compiled(base) if self.wildcard else None
        self.rules = (include, wanted.exclude, pattern)

    @property
    def listed(self) -> bool:
        """Whether the key is made from a list."""
        return self.wildcard or self.include is not None or self.exclude is not None

    @property
    def basename(self) -> str:
        """The last name of the source, as the engine's key of the instruction has it."""
        return self.base.rpartition("/")[2]

    def plain(self) -> Taken:
        """The one file or directory of a selection that is no list."""
        path, node = resolve(self.sent.children, self.base)
        return Taken("", path, node if path else ROOT, True)

    def start(self) -> Step:
        """Where the walk of a list begins."""
        if self.wildcard:
            path, node = resolve(self.sent.children, self.prefix)
            found = not path or (node is not None and node.kind in ("dir", "gitlink"))
            return Step(None, Position(path, "", 0, True, "", UNKNOWN, UNKNOWN) if found else None, None)
        path, node = resolve(self.sent.children, self.prefix, last=False)
        if not self.prefix:
            return Step(None, Position("", "", -1, True, "", UNKNOWN, UNKNOWN), None)
        if node is None and path:
            return Step(None, None, None)
        above = Position(path.rpartition("/")[0], "", -1, True, "", UNKNOWN, UNKNOWN)
        return self._filtered(above, "", path, node or ROOT, "")

    def step(self, at: Position, name: str, node: Node) -> Step:
        """What the entry `name` of the directory `at` is to the selection."""
        path = f"{at.path}/{name}" if at.path else name
        listed = f"{at.name}/{name}" if at.name else name
        if at.wild < 0:
            return self._filtered(at, listed, path, node, f"{at.candidate}/{name}" if at.candidate else name)
        if self._fits(at, listed, name):
            return self._filtered(at._replace(wild=-1), listed, path, node, "")
        deeper = node.kind == "dir" and (self._across or (at.wild + 1 < len(self._parts) and self._leads(at, name)))
        below = Position(path, listed, at.wild + 1, True, "", UNKNOWN, UNKNOWN)
        return Step(None, below if deeper else None, None)

    def children(self, at: Position) -> Iterator[tuple[str, Node]]:
        """The entries of the directory that are sent, in the engine's order."""
        return iter(sorted(self.sent.children(at.path).items()))

    def taken(self) -> Iterator[Taken]:
        """All entries of the selection, in the engine's order."""
        if not self.listed:
            plain = self.plain()
            if plain.node is not None:
                yield plain
            return
        yield from self.under(self.start())

    def under(self, step: Step) -> Iterator[Taken]:
        """All entries that a step leads to."""
        if step.taken is not None:
            yield step.taken
        if step.below is None:
            return
        found = False
        for name, node in self.children(step.below):
            for one in self.under(self.step(step.below, name, node)):
                if not found and step.taken is None and step.header is not None:
                    yield step.header
                found = True
                yield one

    def _fits(self, at: Position, listed: str, name: str) -> bool:
        if self._across:
            full = f"{self.prefix}/{listed}" if self.prefix else listed
            return self._whole_pattern is not None and self._whole_pattern.match(full) is not None
        return at.wild == len(self._parts) - 1 and compiled(self._parts[at.wild]).match(name) is not None

    def _leads(self, at: Position, name: str) -> bool:
        return compiled(self._parts[at.wild]).match(name) is not None

    def _filtered(self, at: Position, listed: str, path: str, node: Node, candidate: str) -> Step:
        """The entry after `--parents` and `--exclude` (checksum.go:shouldIncludePath)."""
        included, include_bits, exclude_bits = True, UNKNOWN, UNKNOWN
        if self.include is not None:
            included, include_bits = self.include.step(candidate, at.include_bits)
        if included and self.exclude is not None:
            excluded, exclude_bits = self.exclude.step(candidate, at.exclude_bits)
            included = not excluded
        if node.kind == "dir":
            header = Taken(listed, path, node, False)
            below = Position(path, listed, -1, False, candidate, include_bits, exclude_bits)
            return Step(header if included else None, below, header)
        if not included:
            return Step(None, None, None)
        if node.kind == "link" and at.top:
            where, found = resolve(self.sent.children, path)
            return Step(Taken(listed, where, found if where else ROOT, True, path), None, None)
        return Step(Taken(listed, path, node, True), None, None)


def _pivot(wanted: Selection) -> tuple[str, tuple[str, ...] | None]:
    """The directory that names are relative to, and the `--parents` pattern (convert_copy.go:dispatchCopy)."""
    if not wanted.parents:
        return wanted.path, None
    source = wanted.raw or wanted.path
    parent, mark, pattern = source.partition("/./")
    return (inside(parent), (inside(pattern),)) if mark else ("", (inside(source),))


def paths(context: Context, wanted: Selection) -> Iterator[tuple[str, Node]]:
    """All that is selected, as paths in the context with their nodes: files, links and directories."""
    side = Side(context, wanted)
    seen: set[str] = set()
    for one in side.taken():
        if one.node is not None and one.path not in seen:
            if one.path:
                seen.add(one.path)
                yield one.path, one.node
            if one.whole and one.node.kind == "dir":
                yield from descendants(side.sent, one.path)


@lru_cache(maxsize=64)
def matched(context: Context, wanted: Selection) -> tuple[str, ...] | None:
    """The paths that a pattern itself matches, without what lies below them; None where a link is one of them."""
    side = Side(context, wanted)
    deep = side.rules[2].count("/")
    found = [one for one in side.taken() if one.name.count("/") == deep]
    if not side.wildcard or any(one.link or one.node is None for one in found):
        return None
    return tuple(one.path for one in found)


def descendants(sent: Sent, folder: str) -> Iterator[tuple[str, Node]]:
    """All that is sent below the directory, as paths in the context with their nodes."""
    for name, node in sorted(sent.children(folder).items()):
        path = f"{folder}/{name}" if folder else name
        yield path, node
        if node.kind == "dir":
            yield from descendants(sent, path)


def matches(context: Context, wanted: Selection) -> bool:
    """Whether the selection finds anything in the context."""
    return any(one.node is not None for one in Side(context, wanted).taken())


def ignored(context: Context, wanted: Selection) -> bool:
    """Whether the selection would find something, if the ignore rules did not hide it."""
    return not matches(context, wanted) and matches(context._replace(ignore=NOTHING_IGNORED), wanted)
