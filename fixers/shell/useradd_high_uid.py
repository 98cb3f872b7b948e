"""Adds `--no-log-init`. Not safe: the image lacks the huge log files."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The command with the option behind its program."""
    command = command_of(found, see)
    edits = behind(command.words[0], "--no-log-init", see) if command is not None else ()
    if edits:
        assumes = "nothing reads when the user last logged in"
        yield Fix("add `--no-log-init`", False, {see.path: edits}, assumes=assumes)
