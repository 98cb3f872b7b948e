"""Programs that only look: at files that they name, or at nothing."""

from __future__ import annotations

import re

from ..effects import Effects, Unsure
from .call import Argument, Call, Program, given, ignores, reading


def reads(flags: str = "", valued: str = "", skip: int = 0) -> Program:
    """A program that reads the files that its operands name, but for the first `skip` of them."""

    def program(call: Call) -> Effects:
        return reading(call, given(call, flags, valued).operands[skip:])

    return program


def _listing(flags: str, valued: str = "") -> Program:
    """A program that lists the directories that its operands name, or else the one that it runs in."""

    def program(call: Call) -> Effects:
        operands = given(call, flags, valued).operands
        return reading(call, operands) if operands else Effects(reads=call.here())

    return program


_GREP = "-q -s -i -v -E -F -P -w -x -o -n -c -h -H -l -L -a -r -R --quiet --silent --invert-match --ignore-case "
_GREP_ALL = (
    _GREP + "--only-matching --extended-regexp --fixed-strings --perl-regexp --no-messages --count --line-regexp"
)


def _grep(call: Call) -> Effects:
    read = given(call, _GREP_ALL, "-e -f -m -A -B -C --regexp --max-count --include --exclude --exclude-dir")
    if read.has("-f"):
        raise Unsure("`grep -f` reads its patterns from a file")
    files = read.operands if read.has("-e", "--regexp") else read.operands[1:]
    if read.has("-r", "-R") and not files:
        return Effects(reads=call.here())
    return reading(call, files)


def _awk(call: Call) -> Effects:
    read = given(call, "", "-F -v")
    if not read.operands or not read.operands[0].known:
        raise Unsure("`awk` runs a program that is not known")
    if re.search(r"system|getline|[|>]|printf?\s*.*>|close|ENVIRON", read.operands[0].text):
        raise Unsure("`awk` runs a program that may write or run something")
    return reading(call, [one for one in read.operands[1:] if "=" not in one.text])


_FIND_TESTS = frozenset(
    "-name -iname -path -ipath -wholename -regex -iregex -regextype -type -size -mtime -mmin -ctime -cmin -atime -amin "
    "-user -group -uid -gid -perm -maxdepth -mindepth -links -inum -fstype -printf -xtype -lname".split()
)
_FIND_PLAIN = frozenset(
    "! ( ) , -o -a -not -or -and -print -print0 -prune -depth -xdev -mount -empty -executable -readable -writable "
    "-true -false -nouser -nogroup -quit -ls -L -P -H -follow -noleaf".split()
)
_FIND_RUNS = frozenset({"rm", "chmod", "chown", "chgrp", "touch", "strip", "echo", "ls", "grep", "sed"})


def _find(call: Call) -> Effects:
    words = list(call.arguments)
    places: list[Argument] = []
    while words and not words[0].text.startswith(("-", "(", "!")):
        places.append(words.pop(0))
    if not places:
        places = [Argument(".")]
    changes = False
    while words:
        word = words.pop(0)
        if word.text in _FIND_TESTS and words:
            words.pop(0)
        elif word.text == "-delete":
            changes = True
        elif word.text in ("-exec", "-execdir") and words:
            _exec(words)
            changes = True
        elif word.text not in _FIND_PLAIN:
            raise Unsure(f"`find` is given `{word.text}`")
    found = reading(call, places)
    return found._replace(writes=found.reads) if changes else found


def _exec(words: list[Argument]) -> None:
    """Takes the command of `-exec` off; it may name nothing but what `find` finds."""
    program = words.pop(0).text
    while words:
        word = words.pop(0)
        if word.text in (";", "+"):
            break
        if not word.known or "/" in word.text or ".." in word.text:
            raise Unsure(f"`find -exec {program}` is given `{word.text}`")
    if program.rpartition("/")[2] not in _FIND_RUNS:
        raise Unsure(f"`find` runs `{program}`, which may do anything")


def _clock(call: Call) -> Effects:
    return Effects(stable=False)


_SUMS = reads("-c -w -b -t -s --check --status --strict --quiet --ignore-missing --warn -")


def _checked(call: Call) -> Effects:
    """`sha256sum`: with `-c`, the files that a list names, below the working directory unless they say otherwise."""
    found = _SUMS(call)
    if any(re.fullmatch(r"-\w*c\w*|--check", one.text) for one in call.arguments):
        raise Unsure(f"`{call.program} -c` reads files that a list names")
    return found


PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(("sleep", "nproc", "arch", "yes", "dirname", "expr", "seq"), ignores()),
    "sync": ignores("", "", operands=False),
    "tr": ignores("-d -s -c -C -cd -dc --delete --squeeze-repeats"),
    "basename": ignores("-a", "-s"),
    "uname": ignores("-a -m -s -r -n -p -o -v --machine --kernel-name --kernel-release"),
    "id": ignores("-u -g -G -n -un -gn"),
    "whoami": ignores(),
    "getent": ignores(),
    "dpkg-architecture": ignores("-q", "-q"),
    "which": ignores("-a -s"),
    "date": _clock,
    "cat": reads("-n -A -v -e -t -s -E -T -b"),
    "head": reads("-q -v", "-n -c --lines --bytes"),
    "tail": reads("-q -v", "-n -c --lines --bytes"),
    "wc": reads("-l -c -w -m"),
    "cut": reads("-s --complement", "-d -f -c -b --delimiter --fields --output-delimiter"),
    "sort": reads("-u -n -r -V -h -f -b -s -z", "-k -t"),
    "uniq": reads("-c -d -u -i"),
    "ls": _listing("-l -a -A -h -R -1 -d -t -r -S -s -i -F -la -al -lah -alh --color"),
    "stat": reads("-L -t -f", "-c --format --printf"),
    "du": _listing("-s -h -a -c -k -m -x -sh", "-d --max-depth"),
    "diff": reads("-u -r -q -N -w -b"),
    "cmp": reads("-s -l"),
    "readlink": reads("-f -e -m -n"),
    "realpath": reads("-e -m -s"),
    "file": reads("-b -i -L"),
    "jq": reads("-r -c -e -M -S -s -n --raw-output", "", skip=1),
    **dict.fromkeys(("md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum"), _checked),
    **dict.fromkeys(("grep", "egrep", "fgrep"), _grep),
    **dict.fromkeys(("awk", "gawk", "mawk"), _awk),
    "find": _find,
}
