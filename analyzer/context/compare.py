"""Whether two selections have the same content key, and what differs between them.

Both trees are walked side by side; what has the same identity on both sides is not entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..named_tuple import NamedTuple
from ..typing import Literal
from .selection import ROOT, Context, Position, Selection, Side, Step, Taken
from .tree import Node

Kind = Literal["added", "removed", "content", "mode", "link", "type", "xattr"]


class Change(NamedTuple):
    """One difference, at a path of the new context; `quiet` where a warm daemon overlooks it (c05, c09, c27)."""

    kind: Kind
    path: str
    old: Node | None
    new: Node | None
    quiet: bool = False


class Comparison(NamedTuple):
    """Whether two selections have the same content key; `quiet` where a warm daemon sees none of the changes."""

    same: bool
    quiet: bool
    changes: tuple[Change, ...]


def compare(old: Context, old_selection: Selection, new: Context, new_selection: Selection) -> Comparison:
    """Whether the engine's content keys of the two selections are the same, and the changes, sorted by path.

    Two selections that find nothing are the same. Modes count in full where both trees know them, else only as the
    execute bit of files; what git does not track counts only where both trees would show it.
    Source: BuildKit v0.32.2, cache/contenthash; cases c01 to c41 and s01 to s17.
    """
    pair = _Pair(Side(old, old_selection), Side(new, new_selection))
    found = {
        (change.path, change.kind): change for change in pair.differences()
    }  # a link and its target may both count
    changes = tuple(found[one] for one in sorted(found))
    return Comparison(not changes, bool(changes) and all(change.quiet for change in changes), changes)


class _Pair:
    """Two selections on the way of being compared."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        trees = old.sent.tree, new.sent.tree
        self.exact = trees[0].exact_modes and trees[1].exact_modes
        self._hide_old = trees[1].tracked_only
        self._hide_new = trees[0].tracked_only
        self._same_rules = old.rules == new.rules
        self._same_ignore = old.ignore == new.ignore
        self._unmoved = not old.ignore.patterns

    def _hides(self, side: Side) -> bool:
        """Whether what git does not keep is left out: untracked entries and empty directories."""
        return self._hide_old if side is self.old else self._hide_new

    def differences(self) -> list[Change]:
        """All changes, in no order."""
        if not self.old.listed and not self.new.listed:
            return list(self.whole(self.old.plain(), self.new.plain()))
        if self.old.listed and self.new.listed:
            changes = list(self._steps(self.old.start(), self.new.start()))
            if not changes and self.old.basename == self.new.basename:
                return []
            old, new = _bare(self.old), _bare(self.new)
            if not changes:
                return list(self._unlike()) if (old is None) != (new is None) else []
            return changes if old is None or new is None else list(self._entry(old, new))
        old, new = _bare(self.old), _bare(self.new)
        if old is None or new is None or (old.whole != new.whole):
            return list(self._unlike())
        return list(self._entry(old, new))

    def _unlike(self) -> Iterator[Change]:
        """The changes from a list to what is none: the same files can be in both, yet the keys differ."""
        old = {one.path: one for one in self.old.taken()}
        new = {one.path: one for one in self.new.taken()}
        for path in sorted({*old, *new}):
            before, after = old.get(path), new.get(path)
            kind: Kind = "added" if before is None else "removed" if after is None else "type"
            yield Change(kind, path, before.node if before else None, after.node if after else None)

    def _steps(self, old: Step, new: Step) -> Iterator[Change]:
        """The changes between two steps of lists, and all that they lead to."""
        if old.below is not None and new.below is not None:
            if self._skips(old, new):
                return
            yield from self._folders(old.below, new.below)
            yield from self._headers(old, new)
            return
        if old.below is None and new.below is None:
            if old.taken is not None or new.taken is not None:
                yield from self._entry(old.taken, new.taken)
            return
        before, after = list(self._under(self.old, old)), list(self._under(self.new, new))
        one, other = _header_of(old), _header_of(new)
        if before and after and one is not None and other is not None and one.name == other.name:
            yield from self._entry(one, other)
        else:
            yield from (Change("removed", one.path, one.node, None) for one in _leaves(before, self._hide_old))
            yield from (Change("added", one.path, None, one.node) for one in _leaves(after, self._hide_new))

    def _under(self, side: Side, step: Step) -> Iterator[Taken]:
        hidden = self._hides(side)
        return (one for one in side.under(step) if not (hidden and one.node is not None and not one.node.tracked))

    def _headers(self, old: Step, new: Step) -> Iterator[Change]:
        """The change of a directory's own header, where it counts: by itself, or for what is below."""
        before, after = _header_of(old), _header_of(new)
        if before is None or after is None:
            if before is not None and any(True for _ in self._under(self.old, old)):
                yield Change("removed", before.path, before.node, None)
            if after is not None and any(True for _ in self._under(self.new, new)):
                yield Change("added", after.path, None, after.node)
            return
        settled = (old.taken is None) == (new.taken is None)
        if settled and not self._differs(before, after):
            return
        here, there = (list(islice(self._under(*side), 2)) for side in ((self.old, old), (self.new, new)))
        if here and there:
            yield from self._entry(before, after)
        elif len(here) == 1:  # where more is below, that tells it
            yield Change("removed", before.path, before.node, None)
        elif len(there) == 1:
            yield Change("added", after.path, None, after.node)

    def _skips(self, old: Step, new: Step) -> bool:
        """Whether two directories are sure to give the same entries, by what git calls them."""
        before, after = _header_of(old), _header_of(new)
        if before is None or after is None or before.node is None or after.node is None:
            return False
        if not before.node.ident or before.node.ident != after.node.ident or not self._same_rules:
            return False
        here, there = old.below, new.below
        return here is not None and there is not None and here[2:] == there[2:] and self._placed(here.path, there.path)

    def _placed(self, old_path: str, new_path: str) -> bool:
        """Whether the ignore rules do the same at both places."""
        return self._same_ignore and (self._unmoved or old_path == new_path)

    def _folders(self, old: Position, new: Position) -> Iterator[Change]:
        here, there = self._children(self.old, old.path), self._children(self.new, new.path)
        for name in {**here, **there}:
            before, after = here.get(name), there.get(name)
            yield from self._steps(
                self.old.step(old, name, before) if before is not None else _NONE,
                self.new.step(new, name, after) if after is not None else _NONE,
            )

    def _children(self, side: Side, folder: str) -> dict[str, Node]:
        hidden = self._hides(side)
        nodes = side.sent.children(folder)
        return {name: node for name, node in nodes.items() if not hidden or node.tracked}

    def _entry(self, old: Taken | None, new: Taken | None) -> Iterator[Change]:
        if old is not None and new is not None:
            if old.whole and new.whole:
                yield from self.whole(old, new)
            elif old.whole != new.whole:  # a link that leads to a directory, and a directory in the list itself
                yield Change("type", new.path, old.node, new.node)
            elif change := self._change(old, new):
                yield change
        elif old is not None:
            yield Change("removed", old.path, old.node, None)
        elif new is not None:
            yield Change("added", new.path, None, new.node)

    def whole(self, old: Taken, new: Taken) -> Iterator[Change]:
        """The changes between two files, or between two directories with all that is below."""
        if old.node is None or new.node is None:
            if old.node is not None:
                yield Change("removed", old.path, old.node, None)
            elif new.node is not None:
                yield Change("added", new.path, None, new.node)
            return
        if (old.node is ROOT) != (new.node is ROOT):
            yield Change("type", new.path, old.node, new.node)
        elif change := self._change(old, new):
            yield change
        if old.node.kind == new.node.kind == "dir" and not self._alike(old, new):
            yield from self._trees(old.path, new.path)

    def _alike(self, old: Taken, new: Taken) -> bool:
        assert old.node is not None and new.node is not None
        return bool(old.node.ident) and old.node.ident == new.node.ident and self._placed(old.path, new.path)

    def _trees(self, old_path: str, new_path: str) -> Iterator[Change]:
        here, there = self._children(self.old, old_path), self._children(self.new, new_path)
        old_start, new_start = old_path + "/" if old_path else "", new_path + "/" if new_path else ""
        same_place = self._same_ignore and (self._unmoved or old_path == new_path)
        for name, node in here.items():
            other = there.get(name)
            if other is None:
                yield from self._all("removed", self.old, old_start + name, node)
            elif not (
                node.ident
                and node[:3] == other[:3]
                and node.xattrs == other.xattrs
                and (same_place or node.kind != "dir")
            ):
                before = Taken(name, old_start + name, node, True)
                yield from self.whole(before, Taken(name, new_start + name, other, True))
        for name, node in there.items():
            if name not in here:
                yield from self._all("added", self.new, new_start + name, node)

    def _all(self, kind: Kind, side: Side, path: str, node: Node) -> Iterator[Change]:
        """One change for each file below, or for the directory itself where it is empty."""
        below = self._children(side, path) if node.kind == "dir" else {}
        for name, inner in below.items():
            yield from self._all(kind, side, f"{path}/{name}", inner)
        if not below and not (node.kind == "dir" and self._hides(side)):
            yield Change(kind, path, *((None, node) if kind == "added" else (node, None)))

    def _differs(self, old: Taken, new: Taken) -> bool:
        return self._change(old, new) is not None

    def _change(self, old: Taken, new: Taken) -> Change | None:
        """How two entries differ, all that is below a directory aside."""
        before, after = old.node, new.node
        if before is None or after is None:
            return None if before is after else Change("removed" if after is None else "added", new.path, before, after)
        if before.kind != after.kind:
            return None if _same_submodule(before, after) else Change("type", new.path, before, after)
        metadata = self._metadata(before, after)
        unseen = metadata in (None, "xattr")
        if before.kind == "file" and not self._same_bytes(old.path, before, new.path, after):
            known = before.size >= 0 and before.mtime_ns >= 0
            stamps = (before.size, before.mtime_ns) == (after.size, after.mtime_ns)
            return Change("content", new.path, before, after, known and stamps and unseen)
        if before.kind == "gitlink" and before.ident != after.ident:
            return Change("content", new.path, before, after)
        if before.kind == "link" and not _same_link(before, after):
            return Change("link", new.path, before, after)
        if before.kind == "other" and before.target != after.target:
            return Change("type", new.path, before, after)
        if metadata is not None:
            return Change(metadata, new.path, before, after, metadata == "xattr" or before.kind == "dir")
        return None

    def _metadata(self, old: Node, new: Node) -> Kind | None:
        if old.kind == "link" or not self.exact:
            executable = old.kind == "file" and (old.mode ^ new.mode) & 0o100
            return "mode" if executable else "xattr" if self.exact and old.xattrs != new.xattrs else None
        if old.mode != new.mode:
            return "mode"
        return "xattr" if old.xattrs != new.xattrs else None

    def _same_bytes(self, old_path: str, old: Node, new_path: str, new: Node) -> bool:
        if old.ident and old.ident == new.ident:
            return True
        if old.size >= 0 and new.size >= 0 and old.size != new.size:
            return False
        here, there = self.old.sent.tree.digest(old_path, old), self.new.sent.tree.digest(new_path, new)
        if len(here) + len(there) == 40 + 64 and {len(here), len(there)} == {40, 64}:
            return self.old.sent.tree.read(old_path) == self.new.sent.tree.read(new_path)  # sha1 against sha256
        return here == there


_NONE = Step(None, None, None)


def _header_of(step: Step) -> Taken | None:
    return step.taken or step.header


def _bare(side: Side) -> Taken | None:
    """The one entry whose digest is the key, where the engine makes no list of it (checksum.go:Checksum, c17g)."""
    found = list(islice(side.taken(), 2))
    if len(found) != 1:
        return None
    name = (found[0].name or side.base).rpartition("/")[2]
    return found[0] if name == side.basename else None


def _leaves(taken: list[Taken], only_files: bool) -> Iterator[Taken]:
    """The entries without the directories that have entries below them, or without any directories."""
    for one, following in zip(taken, [*taken[1:], None], strict=False):
        if only_files and one.node is not None and one.node.kind == "dir":
            continue
        if following is None or one.whole or not following.name.startswith(one.name + "/"):
            yield one


def _same_submodule(old: Node, new: Node) -> bool:
    """Whether a submodule and its directory on disk are of the same commit."""
    commits = {node.ident if node.kind == "gitlink" else node.target for node in (old, new)}
    return {old.kind, new.kind} == {"gitlink", "dir"} and len(commits) == 1


def _same_link(old: Node, new: Node) -> bool:
    if old.target or new.target:
        return old.target == new.target
    return old.ident == new.ident
