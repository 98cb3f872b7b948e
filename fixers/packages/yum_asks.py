"""Adds `-y`. Safe: a build that succeeds was asked nothing, and installs the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, verb_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The install with `-y` behind its verb."""
    command = command_of(found, see)
    if command is None:
        return
    edits = behind(verb_of(command, "install", "groupinstall", "localinstall", "reinstall"), "-y", see)
    if edits:
        yield Fix("add `-y`", True, {see.path: edits})
