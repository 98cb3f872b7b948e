"""Tells the install to keep to its lock file. Not safe: it fails where the lock file does not agree with the manifest.

Updates, installs by bundler, those that are told to make no lock file, and npm in images of Node.js before 10, whose
npm may not know `ci`, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.shell import Command
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, is_exact, run_of, verb_of

_OPTIONS = {
    "yarn": "--frozen-lockfile",
    "pnpm": "--frozen-lockfile",
    "bun": "--frozen-lockfile",
    "uv": "--locked",
    "pipenv": "--deploy",
}
_LOCKLESS = frozenset({"--no-package-lock", "--package-lock=false", "--no-lockfile", "--pure-lockfile", "--no-save"})
_OLD = re.compile(r"(?:.*/)?node:[0-9](?:[.-].*)?")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """`npm ci`, or the install with the option of its tool."""
    run, command = run_of(found, see), command_of(found, see)
    if run is None or command is None or any(word.text in _LOCKLESS for word in command.words):
        return
    first = see.bases.stages[see.bases.lineage(run.stage)[0]].image.text or ""
    if command.program == "npm":
        edits = _clean(command, see) if _OLD.fullmatch(first) is None else ()
        title = "run `npm ci`"
    else:
        option = _OPTIONS.get(command.program, "")
        verb = verb_of(command, "install", "i", "sync") or (command.words[0] if len(command.words) == 1 else None)
        edits = behind(verb, option, see) if option else ()
        title = f"add `{option}`"
    if edits:
        assumes = "the lock file agrees with the manifest" + (
            ", and yarn is version 1" if command.program == "yarn" else ""
        )
        yield Fix(title, False, {see.path: edits}, assumes=assumes)


def _clean(command: Command, see: Facts) -> tuple[Edit, ...]:
    verb = verb_of(command, "install", "i")
    return (Edit(verb.span, "ci"),) if verb is not None and is_exact(verb, see) else ()
