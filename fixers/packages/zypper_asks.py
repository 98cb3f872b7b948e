"""Adds `--non-interactive`. Safe: a build that succeeds was asked nothing, and installs or removes the same.

`zypper patch` is left alone: with the option it passes over some patches.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, verb_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The command with the option before its verb."""
    command = command_of(found, see)
    if command is None or verb_of(command, "patch") is not None:
        return
    edits = behind(command.words[0], "--non-interactive", see)
    if edits:
        yield Fix("add `--non-interactive`", True, {see.path: edits})
