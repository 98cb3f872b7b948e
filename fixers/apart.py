"""Commands that surely neither read nor write what a copy brings: where it stands makes no difference to them."""

from __future__ import annotations

import posixpath
import re

from ..analyzer.effects import covers, overlap
from ..analyzer.effects.scope import ROOT, Known
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.projects.scripts import shadow
from ..analyzer.shell import Command, Opaque, is_manifest
from ..analyzer.shell.effects import SYSTEM, Effects, Surroundings, effects
from .landings import Found, Landed

# What programs of developers do to their own settings and caches only, whatever lies in the directory.
_SETTINGS: dict[str, tuple[str, ...]] = {
    "npm": ("config set", "config delete", "set", "cache clean", "--version", "-v", "root -g"),
    "yarn": ("config set", "cache clean", "--version", "-v"),
    "pnpm": ("config set", "store prune", "--version", "-v"),
    "corepack": ("enable", "prepare", "install -g"),
    "pip": ("config set", "cache purge", "--version", "-V"),
    "pip3": ("config set", "cache purge", "--version", "-V"),
    "uv": ("--version", "cache clean", "cache prune"),
    "poetry": ("config", "--version", "self add"),
    "pdm": ("config", "--version"),
    "gem": ("install", "update", "--version", "-v", "sources"),
    "bundle": ("config", "--version", "-v"),
    "composer": ("--version", "-V", "clear-cache", "clearcache", "self-update", "global config"),
    "mix": ("local.hex", "local.rebar", "archive.install hex"),
    "go": ("version", "env", "mod verify"),
    "cargo": ("--version", "-V"),
    "rustc": ("--version", "-V"),
    "node": ("--version", "-v"),
    "python": ("--version", "-V"),
    "python3": ("--version", "-V"),
    "java": ("-version", "--version"),
    "javac": ("-version", "--version"),
    "ruby": ("--version", "-v"),
    "php": ("--version", "-v"),
    "mvn": ("--version", "-v"),
    "dotnet": ("--version", "--info"),
    "conda": ("clean", "config", "update -n base"),
}
_OF_PROJECT = frozenset({"--local", "--location=project", "--location", "-L", "--project", "--site"})
_ACCOUNTS = frozenset({"/etc/passwd", "/etc/group"})
_CHANGES_ACCOUNTS = frozenset({"usermod", "userdel", "groupmod", "groupdel", "deluser", "delgroup"})


class Ground(NamedTuple):
    """What some copies bring, and the places where it lands, as absolute paths."""

    landed: Landed
    roots: tuple[str, ...]

    def is_free(self, path: str) -> bool:
        """Whether nothing of what is brought lies at a path, in it, or in the folder below a root that it is in."""
        for root in self.roots:
            if covers(path, root):
                return False
            if covers(root, path):
                name = path[len(root.rstrip("/")) :].strip("/").partition("/")[0]
                if re.search(r"[*?\[{]", name) or name in self.landed.names(root.strip("/")):
                    return False
        return True

    def is_inside(self, path: str) -> bool:
        """Whether a path lies at or below one of the places."""
        return any(covers(root, path) for root in self.roots)


class Look(NamedTuple):
    """What came of looking at commands: why they may not keep off, "" where they do.

    `reads` are files of what is brought that they read, as paths without a slash in front; `folders` the directories
    that they change to, or that have to be there. With `accounts`, they may change the number of a user.
    """

    why: str = ""
    reads: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    accounts: bool = False


def keep_off(commands: tuple[Command, ...], workdir: str, known: Known, ground: Ground, script: str) -> Look:
    """Whether commands, begun in a directory, surely keep off what is brought, but for files that they read.

    `known` is what is known where their RUN stands, `script` the text of it.
    """
    home = known.values.get("HOME") or ("/root" if known.user in ROOT and not known.open else None)
    place = None if "\0" in workdir else workdir
    others = tuple(one for one in commands if not _is_setting(one) and not _makes_environment(one))
    found = effects(others, Surroundings(place, known.values, home, script))
    if isinstance(found, Opaque):
        return Look(found.why)
    folders = _folders(commands, workdir)
    for one in commands:
        if _makes_environment(one):
            last = known.word(one.words[-1].text) or "-"
            path = posixpath.normpath(posixpath.join(folders[one.subshell], last))
            hidden = shadow(ground.landed.names(folders[one.subshell].strip("/")))
            if hidden is not None:
                return Look(f"`{hidden}` stands for a module of Python")
            if "`" in last or last.startswith(("-", "~")) or not ground.is_free(path):
                return Look(f"`{' '.join(word.text for word in one.words)}` may lie over what is copied")
    look = _met(found, commands, workdir, ground, known.user in ROOT or known.user is None)
    if _ACCOUNTS.intersection(found.writes) or any(one.program in _CHANGES_ACCOUNTS for one in commands):
        look = look._replace(accounts=True)
    return look._replace(folders=(*look.folders, *folders.values()))


def _met(found: Effects, commands: tuple[Command, ...], workdir: str, ground: Ground, rooted: bool) -> Look:
    """Whether effects meet what is brought."""
    named = {posixpath.normpath(word.text.rstrip("*") or "/") for one in commands for word in one.words}
    tilde = any(word.text.startswith("~") for one in commands for word in one.words)
    made = {path for path, _ in found.makes}
    reads: list[str] = []
    folders = [path for path in found.needs if ground.is_inside(path) and not ground.is_free(path)]
    for path in sorted(found.reads | found.writes | made):
        if not path.startswith("/") or not any(overlap(path, root) for root in ground.roots):
            continue
        if path in SYSTEM and path not in named and not tilde and path not in ground.roots:
            continue  # what packages are put into: a project below is not theirs
        at = ground.landed.at(path.strip("/"))
        if ground.is_free(path) or (
            path in made - found.writes and (covers(path, workdir) or (rooted and _is_folder(at)))
        ):
            continue  # a directory that is made, and copied over by one that brings its mode and owner
        if path in found.writes or not ground.is_inside(path) or path in ground.roots:
            return Look(f"`{path}` is touched before it is copied")
        if at is None and not ground.landed.names(path.strip("/")):
            continue
        if at is None or at.node.kind != "file" or not is_manifest(path):
            return Look(f"`{path}` is looked into before it is copied")
        reads.append(path.strip("/"))
    return Look("", tuple(reads), tuple(folders))


def _is_folder(found: Found | None) -> bool:
    return found is not None and found.node.kind == "dir"


def _folders(commands: tuple[Command, ...], workdir: str) -> dict[tuple[int, ...], str]:
    """The directories that commands end up in, by the subshell."""
    found: dict[tuple[int, ...], str] = {(): workdir}
    for command in commands:
        key = command.subshell
        while key not in found:
            key = key[:-1]
        where = command.words[1].text if command.program in ("cd", "pushd") and len(command.words) > 1 else ""
        found[command.subshell] = posixpath.normpath(posixpath.join(found[key], where))
    return found


def _is_setting(command: Command) -> bool:
    """Whether a command only looks at, or changes, settings that are not the project's."""
    words = [word.text for word in command.words[1:]]
    verbs = _SETTINGS.get(command.program)
    if verbs is None:
        return False
    plain = not command.redirects or all(one.target.text in ("/dev/null", "1", "2") for one in command.redirects)
    return (
        plain
        and command.words[0].text
        in (command.program, f"/usr/bin/{command.program}", f"/usr/local/bin/{command.program}")
        and not _OF_PROJECT.intersection(words)
        and not any(word.startswith((".", "/")) for word in words)
        and any(words[: len(verb.split())] == verb.split() for verb in verbs)
    )


def _makes_environment(command: Command) -> bool:
    """Whether a command makes a virtual environment of Python."""
    words = [word.text for word in command.words]
    return (bool(words) and command.program.startswith("python") and words[1:3] == ["-m", "venv"]) or (
        command.program == "virtualenv" and len(words) > 1
    )
