"""The package managers of distributions: apt, apk, dnf, yum, zypper and pacman."""

from __future__ import annotations

import re

from ..commands import Command
from ..options import arguments, texts, value
from .install import Install, Reader

_VERBS = {
    "apt-get": frozenset({"install", "build-dep", "upgrade", "dist-upgrade"}),
    "apt": frozenset({"install", "build-dep", "upgrade", "full-upgrade"}),
    "aptitude": frozenset({"install"}),
    "apk": frozenset({"add"}),
    "dnf": frozenset({"install", "groupinstall", "builddep"}),
    "microdnf": frozenset({"install"}),
    "tdnf": frozenset({"install"}),
    "yum": frozenset({"install", "groupinstall", "localinstall"}),
    "zypper": frozenset({"install", "in"}),
    "pacman": frozenset({"-S", "-Sy", "-Syu", "-Syyu"}),
}
_VALUED = frozenset(
    """
    -o --option -t --target-release --default-release --config-file --virtual --repository -X --root -p --arch
    --keys-dir --repositories-file --cache-dir --enablerepo --disablerepo --installroot --releasever --setopt
    """.split()
)


_LONGEST = 500  # of a command in `$(…)` that is looked into


def package_install(command: Command) -> Install | None:
    """The packages that a command installs from a distribution; `local` where one of them is a file that lies there."""
    verbs = _VERBS.get(command.program)
    if verbs is None:
        return None
    words = texts(command)
    named = arguments(words, _VALUED)
    if command.program == "pacman":
        verb = next((word for word in words if word in verbs), None)
    else:
        verb = named.pop(0) if named and named[0] in verbs else None
    if verb is None:
        return None
    lists = _lists(words)
    local = any(
        word.startswith(("./", "/", "~", "../")) or word.endswith((".deb", ".rpm", ".apk")) for word in named
    ) or (not lists and any("$(" in word or "`" in word or word.startswith("$") for word in named))
    reads = tuple(f"`{name}`" for name in lists)
    return Install(f"{command.program} {verb}", _tool(command.program), command, reads, lists, local=local)


def _lists(words: list[str]) -> tuple[str, ...]:
    """The files that `$(cat packages.txt)`, `$(< packages.txt)` or `$(grep -v '#' packages.txt)` takes names from."""
    found: list[str] = []
    for word in words:
        if ("$(" in word or word.startswith("`")) and len(word) < _LONGEST:
            match = re.search(r"(?:cat|<|grep\b[^|]*|sed\b[^|]*?)\s+([\w./-]+\.\w+|[\w./-]+)\s*(?:[|)`]|$)", word)
            if match is not None and "$" not in match[1]:
                found.append(match[1])
    return tuple(found)


def _tool(program: str) -> str:
    if program.startswith("apt"):
        return "apt"
    return "dnf" if program.endswith("dnf") else program


def _listed(command: Command) -> Install | None:
    """An install of packages whose names a file of the project lists."""
    read = package_install(command)
    return read if read is not None and read.files and not read.local else None


def _xargs(command: Command) -> Install | None:
    """`xargs -a packages.txt apt-get install`; without `-a`, where the names come from is not known here."""
    words = command.words
    at = next((at for at, word in enumerate(words[1:], 1) if word.text.rpartition("/")[2] in _VERBS), None)
    if at is None:
        return None
    inner = package_install(command._replace(words=words[at:]))
    if inner is None:
        return None
    options = [word.text for word in words[1:at]]
    named = value(options, "-a", "--arg-file")
    files = (named,) if named else ()
    reads = (f"`{named}`",) if named else ("the list of packages",)
    name, sure = f"xargs {inner.name}", inner.sure if named else "low"
    return inner._replace(name=name, command=command, reads=reads, files=files, local=False, sure=sure)


READERS: dict[str, tuple[Reader, ...]] = {**dict.fromkeys(_VERBS, (_listed,)), "xargs": (_xargs,)}
