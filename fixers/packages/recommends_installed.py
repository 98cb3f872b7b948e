"""Adds `--no-install-recommends`. Not safe: the image has fewer packages."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, verb_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The install with the option behind its verb."""
    command = command_of(found, see)
    if command is None:
        return
    option = "--without-recommends" if command.program == "aptitude" else "--no-install-recommends"
    edits = behind(verb_of(command, "install"), option, see)
    if edits:
        assumes = "nothing needs a package that is only recommended"
        yield Fix(f"add `{option}`", False, {see.path: edits}, assumes=assumes)
