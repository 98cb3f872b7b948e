"""What is known for sure where an instruction stands: values that no build argument and no base image can change."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..dockerfile import ExpansionError, expand, names
from ..dockerfile.syntax import Arg, Env, Instruction, Onbuild, Shell, User, Workdir
from ..graph import BuildGraph
from ..graph.paths import clean, workdir
from ..graph.scope import DEFAULT_PATH

_SEARCH = re.compile(r"\w*PATH|LD_\w+|PERL5LIB|RUBYLIB")
ROOT = frozenset({"root", "0", "root:root", "0:0", "root:0", "0:root"})


class Known:
    """The variables, the working directory, the user and the shell that are known.

    `values` are those of variables that are known for sure. `open` is True where a base image may have set others, and
    `unsure` are names that a build argument decides. `searched` are directories in which programs, libraries or modules
    are looked for, by the variable that says so, whatever else it says. `workdir` None is not known; `user` None is the
    base image's own.
    """

    def __init__(self, escape: str) -> None:
        """Nothing is known, as behind a FROM of an image."""
        self.escape = escape
        self.values: dict[str, str] = {}
        self.unsure: set[str] = set()
        self.open = True
        self.searched: dict[str, frozenset[str]] = {}
        self.workdir: str | None = None
        self.user: str | None = None
        self.shell: tuple[str, ...] | None = None

    def from_scratch(self) -> None:
        """Begin on nothing: what is not set is known to be empty."""
        self.values, self.open, self.workdir, self.user = {"PATH": DEFAULT_PATH}, False, "/", "root"

    def copied(self) -> Known:
        """The same, to go on from."""
        other = Known(self.escape)
        other.values, other.unsure, other.open = dict(self.values), set(self.unsure), self.open
        other.searched = dict(self.searched)
        other.workdir, other.user, other.shell = self.workdir, self.user, self.shell
        return other

    def word(self, text: str) -> str | None:
        """A word with its variables replaced; None where one of them is not known, or the engine refuses it."""
        asked = names(text, self.escape) if "$" in text else ()
        if any(name not in self.values and (self.open or name in self.unsure) for name in asked):
            return None
        try:
            return expand(text, self.values.get, self.escape)
        except ExpansionError:
            return None

    def pass_by(self, instruction: Instruction) -> None:
        """Take in what an instruction changes for those behind it."""
        body = instruction.body
        if isinstance(body, Env | Arg):
            for pair in body.pairs:
                if _SEARCH.fullmatch(pair.key):
                    self.searched[pair.key] = self._folders(pair.key, pair.value)
        if isinstance(body, Env):
            self._assign([(self.word(pair.key), self.word(pair.value or "")) for pair in body.pairs])
        elif isinstance(body, Arg):
            self._assign([(pair.key, None) for pair in body.pairs])
        elif isinstance(body, Workdir):
            path = self.word(body.path.text)
            absolute = path is not None and path.startswith("/")
            if path is None or (self.workdir is None and not absolute):
                self.workdir = None
            else:
                self.workdir = clean(workdir(self.workdir or "/", path))
        elif isinstance(body, User):
            self.user = self.word(body.user.text) or "?"
        elif isinstance(body, Shell):
            self.shell = body.argv

    def _folders(self, name: str, value: str | None) -> frozenset[str]:
        """The directories that a value names; the root where a build argument decides on one of them."""
        found: set[str] = set()
        for part in (value or "").strip("\"'").split(":"):
            known = self.word(part)
            asked = set(names(part, self.escape))
            if known is not None and known.startswith("/"):
                found.add(clean(known))
            elif name in asked:
                found |= self.searched.get(name, frozenset())
            if asked & self.unsure - {name}:
                found.add("/")
        return frozenset(found)

    def _assign(self, pairs: Iterable[tuple[str | None, str | None]]) -> None:
        for name, value in pairs:
            if name is None:
                self.values.clear()
                self.open = True
            elif value is None:
                self.values.pop(name, None)
                self.unsure.add(name)
            else:
                self.values[name] = value
                self.unsure.discard(name)


def scopes(graph: BuildGraph, stage: int) -> tuple[Known, ...]:
    """What is known before each instruction of a stage, FROM included, and at its end."""
    dockerfile = graph.plan.dockerfile
    base = graph.stages[stage].base
    known = Known(dockerfile.escape)
    if isinstance(base, int):
        known = scopes(graph, base)[-1].copied()
        for one in dockerfile.stages[base].instructions:
            if isinstance(one.body, Onbuild):
                known.pass_by(one.body.trigger)
    elif base is None and graph.stages[stage].context is None:
        known.from_scratch()
    found: list[Known] = []
    for instruction in dockerfile.stages[stage].instructions:
        found.append(known.copied())
        known.pass_by(instruction)
    return (*found, known)
