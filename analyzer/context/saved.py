"""Trees as text, for keeping what a build was given: a line an entry, below the line of its directory.

The first line is `dcache tree 1`, with `exact` and `tracked` where the tree has exact modes and only tracked files.
Then, with tabs between the fields: `f mode id size mtime name`, `d mode id commit name`, `l target name`, `g id name`,
`o mode sort name`; a capital letter says "not tracked", a last field lists extended attributes as `name=hex`, `-`
stands for what is not known, and `.` ends a directory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .resolve import resolve
from .selection import Context, Selection, Side, descendants
from .tree import ContextError, Kind, Node, Tree

_FIRST = "dcache tree 1"
_NO_NAMES = ("", ".", "..")
_LETTERS: dict[Kind, str] = {"file": "f", "dir": "d", "link": "l", "gitlink": "g", "other": "o"}

_Folder = dict[str, Node]


class SavedTree:
    """A tree read back from its text: digests are known, bytes are not."""

    def __init__(self, label: str, exact_modes: bool, tracked_only: bool, folders: Mapping[str, _Folder]) -> None:
        """The entries by the path of their directory and their name."""
        self.label = label
        self.exact_modes = exact_modes
        self.tracked_only = tracked_only
        self._folders = folders

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of the directory, by name; empty where it is none."""
        return self._folders.get(path, {})

    def digest(self, path: str, node: Node) -> str:
        """The node's digest as it was saved."""
        return node.ident

    def read(self, path: str) -> bytes:
        """Never anything: raises FileNotFoundError, as only digests are saved."""
        raise FileNotFoundError(path)


def save_tree(context: Context, selections: Iterable[Selection]) -> str:
    """The text of all that the selections take from the context, and of what leads there: parents and links.

    Ignored entries are left out; files that were not digested yet are read, so ContextError may be raised.
    """
    wanted: dict[str, Node] = {}
    for one in selections:
        wanted.update(_reached(context, one))
    folders: dict[str, list[str]] = {"": []}
    for path in sorted(wanted):
        parent, _, name = path.rpartition("/")
        folders[parent].append(name)
        if wanted[path].kind == "dir":
            folders[path] = []
    tree = context.tree
    flags = [_FIRST, *(["exact"] if tree.exact_modes else []), *(["tracked"] if tree.tracked_only else [])]
    return "\n".join([" ".join(flags), *_lines(tree, "", folders, wanted)]) + "\n"


def saved_tree(text: str, label: str, *, exact_modes: bool | None = None, tracked_only: bool | None = None) -> Tree:
    """The tree whose text was saved; raises ContextError with the number of a line that cannot be read.

    The two flags are as saved unless they are given.
    """
    lines = text.split("\n")
    words = lines[0].split(" ")
    flags = set(words[3:])
    if lines[0][: len(_FIRST)] != _FIRST or len(words) < 3 or words[2] != "1" or flags - {"exact", "tracked"}:
        raise ContextError(f"{label}: line 1 is not `{_FIRST}`: save the tree again with this version")
    if lines[-1]:
        raise ContextError(f"{label}: line {len(lines)} is cut off: save the tree again")
    lines.pop()
    exact = "exact" in flags if exact_modes is None else exact_modes
    tracked = "tracked" in flags if tracked_only is None else tracked_only
    return SavedTree(label, exact, tracked, _read(lines, label))


def _reached(context: Context, wanted: Selection) -> Iterator[tuple[str, Node]]:
    """The entries of a selection, and all that is met on the way to them."""
    side = Side(context, wanted)
    children = side.sent.children
    links: list[str] = []
    resolve(children, side.prefix, passed=links)
    for one in side.taken():
        if one.link:
            resolve(children, one.link, passed=links)
        yield from _with_parents(side, one.path)
        if one.whole and (one.node is None or one.node.kind == "dir"):
            yield from descendants(side.sent, one.path)
    for path in links:
        yield from _with_parents(side, path)


def _with_parents(side: Side, path: str) -> Iterator[tuple[str, Node]]:
    while path:
        parent, _, name = path.rpartition("/")
        node = side.sent.children(parent).get(name)
        if node is not None:
            yield path, node
        path = parent


def _lines(tree: Tree, folder: str, folders: Mapping[str, list[str]], nodes: Mapping[str, Node]) -> Iterator[str]:
    for name in folders[folder]:
        path = f"{folder}/{name}" if folder else name
        node = nodes[path]
        letter = _LETTERS[node.kind] if node.tracked else _LETTERS[node.kind].upper()
        mode = f"{node.mode:o}"
        fields: list[str]
        match node.kind:
            case "file":
                fields = [letter, mode, tree.digest(path, node), _number(node.size), _number(node.mtime_ns)]
            case "dir":
                fields = [letter, mode, node.ident or "-", _escaped(node.target) or "-"]
            case "link":
                fields = [letter, _escaped(node.target)]
            case "gitlink":
                fields = [letter, node.ident]
            case "other":
                fields = [letter, mode, _escaped(node.target)]
        fields.append(_escaped(name))
        if node.xattrs:
            fields.append(",".join(f"{_key(key)}={value.hex()}" for key, value in node.xattrs))
        yield "\t".join(fields)
        if node.kind == "dir":
            yield from _lines(tree, path, folders, nodes)
            yield "."


def _number(value: int) -> str:
    return "-" if value < 0 else str(value)


def _escaped(text: str) -> str:
    """The text without tabs, line ends and anything else that does not print; `\\` begins an escape."""
    return text if text.isprintable() and "\\" not in text else text.encode("unicode_escape").decode("ascii")


def _key(text: str) -> str:
    return _escaped(text).replace(",", "\\x2c").replace("=", "\\x3d")


def _plain(text: str) -> str:
    return text.encode("ascii").decode("unicode_escape") if "\\" in text else text


def _read(lines: list[str], label: str) -> Mapping[str, _Folder]:
    """The folders of the lines after the first."""
    current: _Folder = {}
    folders: dict[str, _Folder] = {"": current}
    above: list[_Folder] = []
    paths = [""]
    modes: dict[str, int] = {}
    number = 1
    try:
        for number, line in enumerate(lines[1:], 2):  # noqa: B007 - the error names it
            if line == ".":
                current = above.pop()
                paths.pop()
                continue
            fields = line.split("\t")
            letter = fields[0]
            if letter == "f" and len(fields) == 6 and "\\" not in line:
                _, mode, ident, size, time, name = fields
                if "/" in name or name in _NO_NAMES:
                    raise ValueError(name)
                if mode not in modes:
                    modes[mode] = int(mode, 8)
                # Half of the time goes into making nodes, and their own constructor takes longer than this.
                stamp = int(size) if size != "-" else -1, int(time) if time != "-" else -1
                current[name] = Node._make(("file", modes[mode], ident, "", *stamp, (), True))
                continue
            name, node = _entry(letter, fields)
            current[name] = node
            if node.kind == "dir":
                paths.append(f"{paths[-1]}/{name}" if paths[-1] else name)
                above.append(current)
                current = folders[paths[-1]] = {}
    except (IndexError, ValueError) as error:
        raise ContextError(f"{label}: line {number} is not of a saved tree: save it again") from error
    if above:
        raise ContextError(f"{label}: line {len(lines)} ends before `{paths[-1]}` does: save it again")
    return folders


_KINDS: dict[str, tuple[Kind, int]] = {
    "f": ("file", 6),
    "d": ("dir", 5),
    "l": ("link", 3),
    "g": ("gitlink", 3),
    "o": ("other", 4),
}


def _entry(letter: str, fields: list[str]) -> tuple[str, Node]:
    """Any entry; raises ValueError or IndexError where the fields are none."""
    kind, count = _KINDS.get(letter.lower(), ("file", -1))
    if not count <= len(fields) <= count + 1 or count < 0:
        raise ValueError(letter)
    name = _plain(fields[count - 1])
    if name in _NO_NAMES or "/" in name:
        raise ValueError(name)
    pairs = [pair.split("=") for pair in fields[count].split(",")] if len(fields) > count else []
    xattrs = tuple((_plain(key), bytes.fromhex(value)) for key, value in pairs)
    tracked = letter.islower()
    match kind:
        case "file":
            size, time = (int(value) if value != "-" else -1 for value in fields[3:5])
            return name, Node(kind, int(fields[1], 8), fields[2], "", size, time, xattrs, tracked)
        case "dir":
            ident, commit = ("" if value == "-" else _plain(value) for value in fields[2:4])
            return name, Node(kind, int(fields[1], 8), ident, commit, -1, -1, xattrs, tracked)
        case "link":
            return name, Node(kind, 0o777, "", _plain(fields[1]), -1, -1, xattrs, tracked)
        case "gitlink":
            return name, Node(kind, 0o755, fields[1], "", -1, -1, xattrs, tracked)
        case "other":
            return name, Node(kind, int(fields[1], 8), "", _plain(fields[2]), -1, -1, xattrs, tracked)
