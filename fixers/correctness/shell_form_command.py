"""Writes the command as a JSON array. Not safe: the image names another command, and no shell is its parent.

That is done where the text is one command of fixed words: no variables, patterns, redirections, pipes or words of the
shell itself. A stage with a SHELL, an ENTRYPOINT in shell form beside a CMD, and a CMD that an ENTRYPOINT is given are
left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other, Shell
from ...analyzer.shell import Opaque, ShellWord, commands
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at

_QUOTED_LIST = re.compile(r"\[\s*'[^'\"\\]+'(?:\s*,\s*'[^'\"\\]*')*\s*,?\s*\]")
_PATTERNS = frozenset("*?[]{}~!")
# What only a shell knows, or does in another way than the program of the same name.
_BUILT_IN = frozenset(
    """
    . : [[ alias bg bind break builtin cd command continue declare dirs disown enable eval exec exit export fc fg
    getopts hash jobs let local mapfile popd pushd read readonly return set shift source times trap type typeset
    ulimit umask unalias unset wait
    """.split()
)


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The words as they are, without the shell."""
    one = instruction_at(see.dockerfile, found.primary)
    if one is None or not isinstance(one.body, Other) or not one.body.words or _depends(one, see):
        return
    word = one.body.words[-1]
    written = see.source[word.span.start : word.span.end]
    if "\n" in written and re.search(r"(?m)^[ \t]*#", written):
        return
    argv, assumes = _argv(word.text)
    if argv and all(text.isprintable() for text in argv):
        array = json.dumps(argv, ensure_ascii=False)
        edits = {see.path: (Edit(word.span, array),)}
        yield Fix(f"write the command of `{one.keyword}` as a JSON array", False, edits, assumes=assumes)


def _argv(text: str) -> tuple[list[str], str]:
    """The words of a command that needs no shell, and what has to be true for that; no words where it may need one."""
    if _QUOTED_LIST.fullmatch(text):
        return re.findall(r"'([^']*)'", text), "the list in single quotes is meant as a JSON array"
    read = commands(text)
    if isinstance(read, Opaque) or len(read) != 1:
        return [], ""
    command = read[0]
    words = command.words[1:] if command.words[:1] and command.words[0].text == "exec" else command.words
    simple = command.certain and not (command.assignments or command.redirects or command.subshell or command.pipeline)
    whole = bool(command.words) and command.span == (0, len(text)) and not command.background
    if not simple or not whole or not words or any(not _is_fixed(word, text) for word in words):
        return [], ""
    if words[0].text in _BUILT_IN or not re.fullmatch(r"[\w./+-]+", words[0].text) or words[0].text.startswith("-"):
        return [], ""
    return [word.text for word in words], f"`{words[0].text}` needs no shell around it"


def _is_fixed(word: ShellWord, text: str) -> bool:
    """Whether a shell would leave a word as it is."""
    raw = text[word.span.start : word.span.end]
    if not word.fixed or "\\" in raw or "$" in raw or "`" in raw:
        return False
    return raw == f"'{word.text}'" or raw == f'"{word.text}"' or _PATTERNS.isdisjoint(raw)


def _depends(one: Instruction, see: Facts) -> bool:
    """Whether the command depends on a SHELL, or CMD and ENTRYPOINT on each other."""
    before = see.bases.lineage(one.stage)
    others = [other for index in before for other in see.dockerfile.stages[index].instructions]
    partner = {"CMD": "ENTRYPOINT", "ENTRYPOINT": "CMD"}.get(one.keyword)
    return any(isinstance(other.body, Shell) or other.keyword == partner for other in others)
