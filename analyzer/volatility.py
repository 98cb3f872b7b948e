"""How often what a build takes of its context changes: on how many of the newest commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .context import Context, Ignore, Node, Selection, paths
from .named_tuple import NamedTuple
from .typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context.history import History


class Often(NamedTuple):
    """On which commits something changed: a bit for each of those `observed`, the newest is the lowest."""

    builds: int
    observed: int

    @property
    def commits(self) -> int:
        """On how many of them."""
        return self.builds.bit_count()

    @property
    def share(self) -> float:
        """On what part of them."""
        return self.commits / self.observed if self.observed else 0.0

    @property
    def told(self) -> str:
        """The count as people say it; "" where fewer than two commits are known: they tell of no habit."""
        if self.observed < 2:
            return ""
        count = "none" if not self.commits else "each" if self.commits == self.observed else self.commits
        return f"on {count} of the last {self.observed} commits"


class Volatility:
    """What the newest commits changed in a build context that is a directory of a repository."""

    def __init__(self, history: History, prefix: str, ignore: Ignore) -> None:
        """`prefix` is the context's path from the top of the repository, "" for the top; nothing is looked for yet."""
        start = f"{prefix}/" if prefix else ""
        self.observed = len(history.commits)
        self._commits: dict[str, int] = {}
        for at, changed in enumerate(history.commits):
            for path in changed:
                if path.startswith(start):
                    inside = path[len(start) :]
                    self._commits[inside] = self._commits.get(inside, 0) | 1 << at
        self._context = Context("", _Changed(self._commits), ignore)
        self._known: dict[Selection, int] = {}

    def changed(self, wanted: Selection) -> Iterator[tuple[str, int]]:
        """The paths that a selection takes and that changed, each with a bit for each commit; links are not followed.

        Raises ContextError where a pattern is malformed.
        """
        for path, _ in paths(self._context, wanted):
            builds = self._commits.get(path)
            if builds is not None:
                yield path, builds

    def often(self, *wanted: Selection) -> Often:
        """On which commits something changed that one of the selections takes; links are not followed.

        Raises ContextError where a pattern is malformed.
        """
        builds = 0
        for one in wanted:
            if one not in self._known:
                found = 0
                for _, commits in self.changed(one):
                    found |= commits
                self._known[one] = found
            builds |= self._known[one]
        return Often(builds, self.observed)


class _Changed:
    """The tree of all paths that were changed, there or not."""

    label = "the history"
    exact_modes = False
    tracked_only = True

    def __init__(self, paths: Mapping[str, int]) -> None:
        self._folders: dict[str, dict[str, Node]] = {"": {}}
        for path in paths:
            at, _, name = path.rpartition("/")
            node = Node("file", 0o644)
            while True:
                folder = self._folders.setdefault(at, {})
                if name in folder and folder[name].kind == "dir":
                    break
                folder[name] = node
                if not at:
                    break
                at, _, name = at.rpartition("/")
                node = Node("dir", 0o755)

    def children(self, path: str) -> Mapping[str, Node]:
        """The entries of a directory, by name."""
        return self._folders.get(path, {})

    def digest(self, path: str, node: Node) -> str:
        """Nothing: only names count here."""
        return ""

    def read(self, path: str) -> bytes:
        """Nothing is there to be read."""
        raise FileNotFoundError(path)
