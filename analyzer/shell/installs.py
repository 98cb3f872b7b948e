"""The dependency installs among the commands of a RUN."""

from __future__ import annotations

import posixpath

from .commands import Command
from .options import arguments, texts
from .tools import PYTHON_MODULE, READERS, Install, Reader

_PRINTS = frozenset({"cat", "grep", "egrep", "sed", "awk", "cut"})
_MODULES = frozenset({"pip", "pipenv", "poetry", "pdm", "uv"})


def installs(commands: tuple[Command, ...]) -> tuple[Install, ...]:
    """The dependency installs, in order, each with the folder that `cd` has led it to."""
    found: list[Install] = []
    folders: dict[tuple[int, ...], str] = {(): ""}
    for command in commands:
        folder = _folder(folders, command.subshell)
        if command.program in ("cd", "pushd"):
            where = command.words[1].text if len(command.words) > 1 else "/"
            folders[command.subshell] = posixpath.join(folder, where)
            continue
        for reader in _readers(command):
            install = reader(command)
            if install is not None and install.sure == "low" and command.program == "xargs":
                install = _piped(install, commands)
            if install is not None:
                found.append(install._replace(folder=posixpath.join(folder, install.folder).rstrip("/")))
                break
    return tuple(found)


def _folder(folders: dict[tuple[int, ...], str], subshell: tuple[int, ...]) -> str:
    while subshell not in folders:
        subshell = subshell[:-1]
    return folders[subshell]


def _piped(install: Install, commands: tuple[Command, ...]) -> Install:
    """An install by xargs with the list that the command before it prints, where that is plain to see."""
    before = [one for one in commands if one.span.end <= install.command.span.start]
    if not before or before[-1].program not in _PRINTS:
        return install
    named = arguments(texts(before[-1]), frozenset({"-d", "-f", "-e"}))
    if not named or "$" in named[-1] or (before[-1].program != "cat" and len(named) < 2):
        return install
    return install._replace(reads=(f"`{named[-1]}`",), files=(named[-1],), sure="high")


def _readers(command: Command) -> tuple[Reader, ...]:
    program = command.program
    if program.startswith(("python", "pypy")) and len(command.words) > 2:
        first, second = command.words[1].text, command.words[2].text
        if (first == "-m" and second in _MODULES) or first.rpartition("/")[2] == "setup.py":
            return PYTHON_MODULE
    if (
        program.startswith("pip")
        and program not in READERS
        and program.removeprefix("pip").replace(".", "").isdecimal()
    ):
        return READERS["pip"]
    return READERS.get(program, ())
