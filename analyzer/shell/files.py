"""What a RUN may do to files that were there before it: take them away again, or link to them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from fnmatch import fnmatchcase

from .commands import Command, Opaque, ShellWord

_REMOVERS = frozenset({"rm", "unlink", "shred", "rmdir", "mv"})


def may_remove(
    read: tuple[Command, ...] | Opaque, path: str, workdir: str, environment: Mapping[str, str] | None = None
) -> bool:
    """Whether the file at `path` (absolute) may be gone after these commands, begun in `workdir`; yes where opaque."""
    if isinstance(read, Opaque):
        return True
    folder: str | None = workdir
    for command in read:
        words = [_known(word, environment or {}) for word in command.words[1:]]
        if command.program == "cd":
            target = next((word for word in words if word is None or not word.startswith("-")), None)
            folder = None if target is None or folder is None else posixpath.join(folder, target)
        elif any(_covers(operand, path, folder) for operand in _operands(command, words)):
            return True
    return False


def linked_paths(
    read: tuple[Command, ...] | Opaque, workdir: str, environment: Mapping[str, str] | None = None
) -> list[str]:
    """The absolute paths that `ln` commands name: what links lead to, and where they stand."""
    found: list[str] = []
    for command in read if not isinstance(read, Opaque) else ():
        if command.program == "ln":
            words = [_known(word, environment or {}) for word in command.words[1:]]
            found += [posixpath.normpath(posixpath.join(workdir, w)) for w in words if w and not w.startswith("-")]
    return found


def _operands(command: Command, words: list[str | None]) -> list[str]:
    """What a command takes away; words that are not known are left out."""
    known = [word for word in words if word is not None]
    plain = [word for word in known if not word.startswith("-")]
    if command.program in _REMOVERS:
        return plain[:-1] if command.program == "mv" and "-t" not in known else plain
    if command.program == "find" and ("-delete" in known or {"rm", "/bin/rm"} & set(known)):
        return plain[:1]
    if command.program == "git" and "clean" in plain:
        return ["."]
    return []


def _known(word: ShellWord, environment: Mapping[str, str]) -> str | None:
    """The text of a word with variables of the build in it replaced; None where more than a pattern is left open."""
    text = word.text
    for name, value in environment.items():
        text = text.replace("${" + name + "}", value)
        if text == "$" + name or text.startswith(f"${name}/"):
            text = value + text[len(name) + 1 :]
    return None if "$" in text or "`" in text else text


def _covers(operand: str, path: str, folder: str | None) -> bool:
    """Whether an operand, which may be a pattern, is the path or a directory above it."""
    if not operand.startswith("/"):
        if folder is None:
            names = path.strip("/").split("/")
            return any(fnmatchcase(name, operand.strip("./").partition("/")[0] or "*") for name in names)
        operand = posixpath.join(folder, operand)
    wanted = [part for part in posixpath.normpath(operand).split("/") if part]
    parts = [part for part in path.split("/") if part]
    return len(wanted) <= len(parts) and all(map(fnmatchcase, parts, wanted))
