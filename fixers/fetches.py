"""The command that only fetches what a build needs, as a RUN of its own in front of the build."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable

from ..analyzer.dockerfile.syntax import Copy, Dockerfile, Run
from ..analyzer.graph import RunOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Command, Install, Opaque, commands, installs
from ..rules.facts import Facts
from .judged import Halted
from .manifests import is_plain

_WIDEST = 100
# Caches of what is compiled: what is fetched lies elsewhere.
_COMPILED = re.compile(r".*/(?:go-build|target)")
# Commands in front of a build that neither bring the tool, nor tell it where to fetch from.
_IDLE = frozenset(
    "cd set echo printf pwd ls cat date export mkdir uname arch nproc test [ true : cut tr head tail".split()
)
_IDLE_VERBS = {
    "cargo": ("clean", "fetch", "--version", "-V"),
    "rustc": ("--version", "-V"),
    "rustup": ("target", "component", "show"),
    "go": ("version", "env"),
    "git": ("rev-parse", "describe", "log"),
    "apk": ("--print-arch",),
    "dpkg": ("--print-architecture",),
}
# Those that say in a user's own settings how the tool installs: they are said for the command that fetches too.
_SETTINGS = {"poetry": "config", "pdm": "config"}
# Tools that install what they fetch in the layer: what a mount keeps for them is their cache alone.
_INSTALLING = frozenset({"uv", "poetry", "pdm", "composer"})
# Variables that tell a tool where to fetch from or where to put what it fetches; what else is set in front of a build
# is about how it compiles.
_TELLING = re.compile(
    r"CARGO_(?!BUILD_|PROFILE_|TARGET_|INCREMENTAL|ENCODED_|TERM_|FEATURES)\w+|RUSTUP_\w+|GO(?:FLAGS|PROXY|PRIVATE|NO\w+|SUMDB|"
    r"INSECURE|MODCACHE|PATH|ENV|WORK|TOOLCHAIN|VCS)|GO111MODULE|HOME|PATH|\w*_?(?:PROXY|proxy)|(?:UV|POETRY|PDM|PIP|PYTHON|COMPOSER|VIRTUAL|CONDA)\w*|(?:GIT|SSH|SSL|CURL)_\w+|NETRC"
)


class Fetch(NamedTuple):
    """A build, the step that it is in, the step that the source may be copied in front of, and the command that
    fetches. `settings` are commands that are to be run before it, `flags` those of the build's RUN that it takes too.
    It `joins` what stands before the build in its RUN where that may bring the tool.
    """

    build: Install
    step: Step
    anchor: Step
    install: Install
    settings: tuple[str, ...]
    flags: tuple[str, ...]
    joins: bool

    @property
    def text(self) -> str:
        """The command in one line."""
        return " ".join(word.text for word in self.install.command.words)

    @property
    def folder(self) -> str:
        """Where it runs, as an absolute path."""
        return posixpath.normpath(posixpath.join(self.anchor.scope.workdir, self.install.folder))

    @property
    def assumes(self) -> str:
        """What must be true, as it may fetch more than the build would, or install it at another time."""
        if self.build.tool in _INSTALLING:
            return f"`{self.build.name}` adds only the project to what `{self.text}` installs"
        needed = f"what `{self.build.name}` does not need of it does no harm"
        return f"`{self.text}` finds all that the manifests name, and {needed}"

    def lines(self, stubs: Iterable[str], there: Collection[str], dockerfile: Dockerfile) -> str:
        """Its RUN, or the end of the one that it joins, which makes files that have to be there and takes them away
        again; `there` are folders that are.
        """
        chain = self._chain(tuple(stubs), there, dockerfile)
        return chain if self.joins else " ".join(("RUN", *self.flags, chain))

    def _chain(self, stubs: tuple[str, ...], there: Collection[str], dockerfile: Dockerfile) -> str:
        root = self.folder.strip("/")
        named = [one[len(root) :].lstrip("/") if not root or one.startswith(root + "/") else f"/{one}" for one in stubs]
        made = [posixpath.dirname(one) for one in named]
        made = [one for one, stub in zip(made, stubs, strict=True) if one and posixpath.dirname(stub) not in there]
        folder = self.install.folder
        before = () if self.joins else (f"cd {folder}" if folder else "", *self.settings)
        chain = [
            *before,
            f"mkdir -p {' '.join(dict.fromkeys(made))}" if made else "",
            f"touch {' '.join(named)}" if named else "",
            self.text,
            f"rm {' '.join(named)}" if named else "",
        ]
        chain = [one for one in chain if one]
        line = " && ".join(chain)
        return line if len(line) <= _WIDEST else f" {dockerfile.escape}{dockerfile.source.newline}    && ".join(chain)


def fetch_of(copy: Step, step: Step, see: Facts) -> Fetch:
    """The command that fetches in advance for a build behind a copy; Halted where there is none, or where it may find
    less than the build.
    """
    run = step.instruction.body
    read = see.commands(step.instruction)
    if isinstance(read, Opaque) or not isinstance(run, Run) or run.argv is not None:
        raise Halted("the RUN cannot be read")
    build = next((one for one in see.installs(step.instruction) if _fetch(one)), None)
    if build is None:
        raise Halted("nothing fetches in advance what the RUN needs")
    command = build.command
    if not command.certain or command.nested or command.background or command.function or -1 in command.subshell:
        raise Halted(f"where and when `{build.name}` runs is not plain")
    called = command.words[0].text
    if command.wrappers or called not in (command.program, "./mvnw") or (build.folder and not _is_path(build.folder)):
        raise Halted(f"how `{build.name}` runs is not plain")
    before = [one for one in read if one.span.start < command.span.start]
    settings = [" ".join(word.text for word in one.words) for one in before if _is_setting(one)]
    joins = not all(_is_idle(one) or _is_setting(one) for one in before)
    for one in (command,) if joins else (*before, command):
        for word in (*one.assignments, *(one.words[1:] if one.program == "export" else ())):
            if _TELLING.fullmatch(word.text.partition("=")[0]):
                raise Halted(f"`{word.text[:60]}` is set for `{build.name}`")
    fetched = commands(_fetch(build))
    assert not isinstance(fetched, Opaque)
    (install,) = installs(fetched)
    install = install._replace(folder=build.folder)
    anchor = step if joins else _anchor(copy, step, see)
    return Fetch(build, step, anchor, install, tuple(settings), _flags(step, build), joins)


def _fetch(install: Install) -> str:
    """The command that fetches for an install, "" where there is none; `cargo fetch` itself may find no target."""
    words = install.command.words
    plain = all(word.fixed and is_plain(word.text.lstrip("-")) for word in words)
    return " ".join(word.text for word in words) if install.name == "cargo fetch" and plain else install.fetch


def _is_path(text: str) -> bool:
    return is_plain(text) and not text.startswith("~")


def _is_idle(command: Command) -> bool:
    if not command.words or command.program in _IDLE:
        return True
    verbs = _IDLE_VERBS.get(command.program)
    return verbs is not None and any(word.text in verbs for word in command.words[1:2])


def _is_setting(command: Command) -> bool:
    """Whether a command does nothing but note plain words in a user's own settings."""
    words = [word.text for word in command.words]
    plain = all(word.fixed and is_plain(word.text) for word in command.words) and not command.redirects
    return plain and command.certain and len(words) > 2 and _SETTINGS.get(command.program) == words[1]


def _anchor(copy: Step, step: Step, see: Facts) -> Step:
    """The first of the RUNs in front of a build that do no more than tidy up for it, in the same surroundings."""
    assert see.graph is not None
    found = step
    steps = {one.span: one for one in see.graph.steps if one.stage == step.stage}
    stage = see.dockerfile.stages[step.instruction.stage].instructions
    for instruction in reversed(stage[copy.instruction.index + 1 : step.instruction.index]):
        if isinstance(instruction.body, Copy):
            break
        if isinstance(instruction.body, Run):
            read, other = see.commands(instruction), steps.get(instruction.span)
            if other is None or isinstance(read, Opaque) or other.scope != step.scope or not all(map(_is_idle, read)):
                break
            if any(one.program == "cargo" for one in read):
                found = other
    return found


def _flags(step: Step, build: Install) -> tuple[str, ...]:
    """The flags of a RUN that give it secrets; Halted where mounts hold what is fetched, or files that are read."""
    assert isinstance(step.op, RunOp) and isinstance(step.instruction.body, Run)
    if step.instruction.body.network == "none":
        raise Halted("the RUN has no network")
    for mount in step.op.mounts:
        harmless = _COMPILED.fullmatch(mount.target) is not None or build.tool in _INSTALLING
        if mount.kind == "bind" or (mount.kind == "cache" and not harmless):
            raise Halted(f"a mount at `{mount.target}` may hold what `{build.name}` fetches, or reads")
    kinds = ("secret", "ssh", "cache") if build.tool in _INSTALLING else ("secret", "ssh")
    kept = {mount.span for mount in step.instruction.body.mounts if mount.kind in kinds}
    return tuple(
        flag.text
        for flag in step.instruction.flags
        if flag.name != "mount" or any(flag.span.start <= span.start < flag.span.end for span in kept)
    )
