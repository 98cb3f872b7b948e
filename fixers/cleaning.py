"""Edits that keep a RUN from emptying a folder, or from telling a tool not to use it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.shell import CACHES, Command, Opaque, ShellWord, clears
from ..analyzer.source import Edit
from ..rules.download_caches import removed
from ..rules.facts import Facts
from .shortening import without_command, without_word


def uncleaned(run: Instruction, tool: str, folders: Iterable[str], home: str, see: Facts) -> tuple[Edit, ...] | None:
    """The edits after which a RUN empties none of these folders, which are all that the tool's own commands empty.

    None where a command empties more than them, or is no plain part of the RUN. `home` is what `~` stands for.
    """
    read = see.commands(run)
    if isinstance(read, Opaque):
        return None
    places = tuple(folders)
    edits: list[Edit] = []
    for command in read:
        found = _kept(run, command, tool, places, home, see)
        if found is None:
            return None
        edits += found
    return None if any(one.span.end > other.span.start for one, other in pairwise(sorted(edits))) else tuple(edits)


def _kept(
    run: Instruction, command: Command, tool: str, folders: tuple[str, ...], home: str, see: Facts
) -> tuple[Edit, ...] | None:
    if tool and clears(command) == tool:
        edit = without_command(run, command, see)
        return None if edit is None else (edit,)
    inside: list[ShellWord] = []
    paths = removed(command)
    for path in paths:
        place = _place(path, home)
        if any(folder.startswith(place + "/") for folder in folders):
            return None  # it removes what the mount stands in
        if any(place == folder or place.startswith(folder + "/") for folder in folders):
            inside += [word for word in command.words[1:] if word.text == path]
    if not inside:
        return ()
    whole = command.program == "find" or len(inside) == len(paths)
    edits = [without_command(run, command, see)] if whole else [without_word(word, command, see) for word in inside]
    known = [edit for edit in edits if edit is not None]
    return tuple(known) if len(known) == len(edits) else None


def _place(path: str, home: str) -> str:
    """A path as written, with the home, without the pattern at its end."""
    bare = path.removesuffix("/*").removesuffix("/*").rstrip("/")
    for name in ("~", "$HOME", "${HOME}"):
        if bare == name or bare.startswith(name + "/"):
            return home + bare[len(name) :]
    return bare


def cached(run: Instruction, tool: str, see: Facts) -> tuple[Edit, ...] | None:
    """The edits after which no install of a tool is told to use no cache; None where an option cannot be taken out."""
    edits: list[Edit] = []
    for install in (*see.installs(run), *see.package_installs(run)):
        if install.tool != tool:
            continue
        for word in install.command.words[1:]:
            if word.text in CACHES[tool].off:
                edit = without_word(word, install.command, see)
                if edit is None:
                    return None
                edits.append(edit)
    return tuple(edits)
