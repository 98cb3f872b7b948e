"""Programs that make, move, change and remove files: cp, mv, mkdir, chmod, chown, ln, rm, touch, install …"""

from __future__ import annotations

import re

from ..effects import Effects, Unsure, above, united
from .call import Argument, Call, Program, given, reading, writing

_QUIETLY = "-v -f --verbose --force "


def _mkdir(call: Call) -> Effects:
    read = given(call, "-p -v --parents --verbose", "-m --mode")
    found = frozenset(path for one in read.operands for path in call.paths(one))
    folders = frozenset(folder for path in found for folder in above(path))
    if not read.has("-p", "--parents"):
        return Effects(writes=found, needs=folders)
    if any("{" in one.text or "*" in one.text for one in read.operands):
        return Effects(writes=found, makes=frozenset((folder, "") for folder in folders))
    if read.has("-m", "--mode"):
        return Effects(writes=found, makes=frozenset((folder, "") for folder in folders))
    return Effects(makes=frozenset((folder, "") for folder in (*found, *folders)))


def _rm(call: Call) -> Effects:
    return writing(call, given(call, "-r -R -d -i " + _QUIETLY + "--recursive --dir --no-preserve-root").operands)


def _rmdir(call: Call) -> Effects:
    read = given(call, "-v --ignore-fail-on-non-empty")
    return writing(call, read.operands)


def _touch(call: Call) -> Effects:
    read = given(call, "-a -m -c -h --no-create", "-d -t -r --date --reference")
    seen = reading(call, read.values("-r", "--reference"))
    return united((seen, writing(call, read.operands)))


_COPIED = (
    "-r -R -a -p -u -n -T -L -P -d -H -i -x -s -l --recursive --archive --no-clobber --update --preserve --dereference "
)
_TARGET = "-t --target-directory"


def _cp(call: Call) -> Effects:
    read = given(
        call,
        _COPIED + _QUIETLY + "--no-target-directory --no-dereference --parents",
        _TARGET + " --no-preserve --preserve",
    )
    if read.has("-s", "-l", "--parents"):
        raise Unsure("`cp` makes links, or folders")
    sources, dest = _apart(read.operands, read.values("-t", "--target-directory"), call)
    return united((reading(call, sources), writing(call, dest)))


def _mv(call: Call) -> Effects:
    read = given(call, "-n -u -i -T --no-clobber --no-target-directory " + _QUIETLY, _TARGET)
    sources, dest = _apart(read.operands, read.values("-t", "--target-directory"), call)
    return writing(call, [*sources, *dest])


def _apart(operands: list[Argument], target: list[Argument], call: Call) -> tuple[list[Argument], list[Argument]]:
    """Sources and destination."""
    if target:
        return operands, target
    if len(operands) < 2:
        raise Unsure(f"`{call.program}` is not told where to")
    return operands[:-1], operands[-1:]


def _ln(call: Call) -> Effects:
    read = given(call, "-s -n -r -T --symbolic --no-dereference --relative --no-target-directory " + _QUIETLY)
    if len(read.operands) != 2 or not read.has("-s", "--symbolic"):
        raise Unsure("`ln` makes hard links, or several")
    made = writing(call, read.operands[1:])
    return made._replace(links=made.writes, reads=reading(call, read.operands[:1]).reads)


def _changes(flags: str, valued: str, skip: int) -> Program:
    """A program that changes what files are like; the first `skip` operands say how."""

    def program(call: Call) -> Effects:
        read = given(call, flags, valued)
        how = 0 if read.has("--reference") else skip
        found = writing(call, read.operands[how:])
        return united((found, reading(call, read.values("--reference"))))

    return program


def _chmod(call: Call) -> Effects:
    """`chmod`: its mode may begin with a minus, as options do."""
    words = tuple(
        Argument("a" + one.text) if one.known and one.text[:1] == "-" and set(one.text[1:]) <= set("rwxXst") else one
        for one in call.arguments
    )
    return _CHMOD(call._replace(arguments=words))


_CHMOD = _changes("-R -c --recursive --quiet --silent " + _QUIETLY, "--reference", 1)
_NAMES = frozenset({"/etc/passwd", "/etc/group"})


def _chown(call: Call) -> Effects:
    """`chown`: it looks names up, but for that of root."""
    read = given(call, _OWNER_FLAGS, "--reference")
    found = _OWNERS(call)
    if read.has("--reference") or (read.operands and _OWNER_NUMBERS.fullmatch(read.operands[0].text)):
        return found
    return found._replace(reads=found.reads | _NAMES)


_OWNER_NUMBERS = re.compile(r"(?:\d+|root)?(?::(?:\d+|root)?)?")
_OWNER_FLAGS = "-R -h -H -L -P -c --recursive --no-dereference " + _QUIETLY
_OWNERS = _changes(_OWNER_FLAGS, "--reference", 1)


def _install(call: Call) -> Effects:
    read = given(call, "-d -D -v -p -s -T -c --directory", "-m -o -g -t --mode --owner --group --target-directory")
    if read.has("-d", "--directory"):
        return writing(call, read.operands, making=True)
    sources, dest = _apart(read.operands, read.values("-t", "--target-directory"), call)
    return united((reading(call, sources), writing(call, dest, making=read.has("-D"))))


def _truncate(call: Call) -> Effects:
    return writing(call, given(call, "-c", "-s --size").operands)


PROGRAMS: dict[str, Program] = {
    "mkdir": _mkdir,
    "rm": _rm,
    "unlink": _rm,
    "rmdir": _rmdir,
    "touch": _touch,
    "cp": _cp,
    "mv": _mv,
    "ln": _ln,
    "chmod": _chmod,
    "chown": _chown,
    "chgrp": _chown,
    "install": _install,
    "truncate": _truncate,
    "strip": _changes("-s -g -S --strip-all --strip-debug --strip-unneeded", "", 0),
    "setcap": _changes("-q", "", 1),
}
