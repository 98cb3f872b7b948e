"""The commands of a RUN gone through in order: `cd` and variables followed, each program looked up in the table."""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise

from ..commands import Command, Redirect, ShellWord
from ..effects import ESSENTIAL, NOTHING, Effects, Surroundings, Unsure, identifiers, united
from ..effects import PROGRAMS as READ_BY_ALL
from . import PROGRAMS
from .call import Argument, Call, reading, writing

_BUILTINS = frozenset(
    ": true false echo printf [ [[ test exit return break continue shift set unset export local declare typeset "
    "readonly pwd wait ulimit type hash read getopts".split()
)
# What is there before the first package is installed, wherever a package manager of Debian or of RPM is.
_EVERYWHERE = _BUILTINS | frozenset(
    "cd chmod chown chgrp mkdir rm rmdir touch cp mv ln cat ls sleep head tail wc sort uniq tr cut tee basename "
    "dirname readlink sed grep sync".split()
)
_DECLARES = frozenset({"export", "local", "declare", "typeset", "readonly"})
# What runs another command as it would run alone.
_WRAPPERS = frozenset({"env", "exec", "command", "nice", "nohup", "eatmydata"})
_SETTINGS = re.compile(r"[-+](?:o|[euxvnCE]+o?)|pipefail|errexit|nounset|xtrace|verbose|errtrace")
# Variables that say which programs run, or how words are read.
_POWERFUL = re.compile(
    r"PATH|LD_\w+|IFS|HOME|ENV|BASH\w*|SHELLOPTS|CDPATH|PWD|TMPDIR|POSIXLY_CORRECT|GIT_\w+|\w*_OPTIONS"
)
_ASSIGNED = re.compile(
    r"(?<![\w${])([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=|\bfor\s+(\w+)|\b(?:read|getopts|mapfile|readarray|unset)\b([^;&|\n]*)"
)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_SPLIT = re.compile(r"[\s*?\[\\$`~'\"]")
_OTHER_USER = re.compile(r"(?<![\w./-])(?:su|runuser)\s")
_LOGIN = re.compile(r"(?<![\w.])(?:ba|da|z|k|a)?sh\s+(?:-\S+\s+)*(?:-[a-zA-Z]*[li]|--login|--rcfile|--init-file)")
_PATTERN = re.compile(r"[*?\[{]")
_FILE_TEST = re.compile(r"-[a-hkprstuwxGLNOS]")


def walked(read: tuple[Command, ...], at: Surroundings) -> Effects:
    """What the commands do together; Unsure for one that is not known."""
    if _LOGIN.search(at.script):
        raise Unsure("a login shell reads files of its own first")
    if _OTHER_USER.search(at.script):
        raise Unsure("part of it runs as another user")
    walk = _Walk(read, at)
    found = [walk.command(command) for command in read]
    simple = all(one.program in _EVERYWHERE for one in read if one.words)
    return united(
        (Effects(frozenset({ESSENTIAL}) if simple else READ_BY_ALL, variables=identifiers(at.script)), *found)
    )


class _Walk:
    """One way through the commands of one RUN."""

    def __init__(self, read: tuple[Command, ...], at: Surroundings) -> None:
        self.at = at
        self.functions = {command.function for command in read if command.function}
        start = None if at.workdir is None else frozenset({at.workdir})
        self.folders: dict[tuple[int, ...], frozenset[str] | None] = {(): start}
        self.moved = False
        groups = (group for match in _ASSIGNED.finditer(at.script) for group in match.groups() if group)
        assigned = frozenset[str]().union(*map(identifiers, groups))
        self.values = {name: value for name, value in at.values.items() if name not in assigned}
        # Whether a script that goes on behind a `cd` is in the new directory: chains and failures that end it say so.
        chained = re.search(r";|\n|\|\||(?<![&>])&(?![&>\d])", at.script) is None
        stops = re.match(r"\s*set\s+-\w*e", at.script) is not None
        self.stays = chained or (stops and "||" not in at.script and "&&" not in at.script)

    def command(self, command: Command) -> Effects:
        """What one command does, its redirections included."""
        for word in command.assignments:
            _refuse_powerful(word)
        call = Call(command.program, tuple(map(self.argument, command.words[1:])), self.here(command), self.at.home)
        parts = [self.redirect(redirect, call, command) for redirect in command.redirects]
        if command.words:
            parts.append(self.program(command, call))
        return united(parts) if parts else NOTHING

    def here(self, command: Command) -> frozenset[str] | None:
        """The directories that a command may run in."""
        inner = command.subshell
        while inner not in self.folders:
            inner = inner[:-1]
        return self.folders[inner]

    def argument(self, word: ShellWord) -> Argument:
        """A word with its variables replaced, where they are known and hold one word each."""
        if word.fixed:
            return Argument(word.text)

        def value(match: re.Match[str]) -> str:
            known = self.values.get(match[1] or match[2])
            return match[0] if not known or _SPLIT.search(known) else known

        text = _VARIABLE.sub(value, word.text)
        return Argument(text, not any(mark in text for mark in ("$", "`", "<(", ">(")))

    def redirect(self, redirect: Redirect, call: Call, command: Command) -> Effects:
        """What a redirection reads or writes."""
        operator, target = redirect.operator.lstrip("0123456789"), self.argument(redirect.target)
        if operator in ("<<", "<<-", "<<<"):
            return NOTHING
        if operator in (">&", "<&") and (target.text.isdigit() or target.text == "-"):
            return NOTHING
        if not command.words and self.moved and not target.text.startswith("/"):
            raise Unsure(f"where `{target.text}` lies is not known: it stands behind a block with `cd`")
        if operator == "<":
            return reading(call, [target])
        if operator in (">", ">>", ">|", "&>", "&>>"):
            return writing(call, [target])
        raise Unsure(f"the redirection `{redirect.operator}{redirect.target.text}` is not known")

    def program(self, command: Command, call: Call) -> Effects:
        """What the program of a command does."""
        first, name = command.words[0], command.program
        if command.wrappers and command.wrappers[0].text not in _WRAPPERS:
            raise Unsure(f"`{command.wrappers[0].text}` runs it as another user, or elsewhere")
        if not first.fixed or not name:
            raise Unsure(f"`{first.text}` is not the name of a program")
        if first.text.rpartition("/")[0] not in ("", "/bin", "/sbin", "/usr/bin", "/usr/sbin"):
            raise Unsure(f"`{first.text}` may do anything")
        if name in self.functions:
            return NOTHING
        if name == "cd":
            return self.enter(command, call)
        if name in _BUILTINS:
            return self.builtin(command, call)
        known = PROGRAMS.get(name)
        if known is None:
            raise Unsure(f"`{name}` may do anything")
        return known(call)

    def builtin(self, command: Command, call: Call) -> Effects:
        """What a shell does itself."""
        name, words = command.program, call.arguments
        if name in ("[", "test"):
            return reading(call, [operand for test, operand in pairwise(words) if _FILE_TEST.fullmatch(test.text)])
        if name == "[[" and re.search(r"\s-(?:[a-hkprstuwxGLNOS]|[no]t|ef)\s", self.at.script):
            raise Unsure("`[[` looks at files")
        if name == "set" and not (words and all(_SETTINGS.fullmatch(word.text) for word in words)):
            raise Unsure(f"`set {' '.join(word.text for word in words)}` is not known")
        if name in _DECLARES:
            if not words or any(word.text.startswith("-") for word in words):
                raise Unsure(f"`{name}` shows or changes the whole environment")
            for word in command.words[1:]:
                _refuse_powerful(word)
        return NOTHING

    def enter(self, command: Command, call: Call) -> Effects:
        """`cd`: the directory that it leads to, and the one before where it may fail or not run."""
        words = call.arguments
        if len(words) != 1 or words[0].text.startswith("-") or command.function or command.background:
            raise Unsure("where `cd` leads is not known")
        if command.pipeline:
            raise Unsure("`cd` stands in a pipe")
        self.moved = True
        text = call.at_home(words[0].text) if words[0].text.startswith("~") else words[0].text
        target: frozenset[str] | None = None
        if words[0].known and not _PATTERN.search(text) and (text.startswith("/") or command.certain):
            target = _joined(call.folders, text)
        needs = frozenset(one for one in target or () if one != "/")
        if target is not None and not (command.certain and self.stays):
            target = None if call.folders is None else target | call.folders
        self.folders[command.subshell] = target
        return Effects(needs=needs)


def _refuse_powerful(word: ShellWord) -> None:
    name = re.match(r"\w*", word.text)
    if name is None or _POWERFUL.fullmatch(name[0]):
        raise Unsure(f"`{word.text}` changes which programs run, or how words are read")


def _joined(before: frozenset[str] | None, text: str) -> frozenset[str] | None:
    if text.startswith("/"):
        return frozenset({posixpath.normpath(text)})
    return None if before is None else frozenset(posixpath.normpath(posixpath.join(one, text)) for one in before)
