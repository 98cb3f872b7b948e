"""The dependency installs among the commands of a RUN."""

from __future__ import annotations

import posixpath

from .commands import Command
from .tools import PYTHON_MODULE, READERS, Install, Reader


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
            if install is not None:
                found.append(install._replace(folder=posixpath.join(folder, install.folder).rstrip("/")))
                break
    return tuple(found)


def _folder(folders: dict[tuple[int, ...], str], subshell: tuple[int, ...]) -> str:
    while subshell not in folders:
        subshell = subshell[:-1]
    return folders[subshell]


def _readers(command: Command) -> tuple[Reader, ...]:
    program = command.program
    if program.startswith(("python", "pypy")) and [w.text for w in command.words[1:3]] in (
        ["-m", "pip"],
        ["-m", "pipenv"],
    ):
        return PYTHON_MODULE
    if (
        program.startswith("pip")
        and program not in READERS
        and program.removeprefix("pip").replace(".", "").isdecimal()
    ):
        return READERS["pip"]
    return READERS.get(program, ())
