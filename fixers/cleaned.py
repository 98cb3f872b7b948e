"""Cures of package managers that leave their cache in the layer: one more command ends the RUN."""

from __future__ import annotations

from collections.abc import Iterator

from ..rules.facts import Facts
from ..rules.rule import Diagnostic, Fix
from .runs import as_root, at_end, command_of, run_of


def ended_with(arguments: str, found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The RUN with the program of the command that was found once more at its end, with these arguments."""
    run, command = run_of(found, see), command_of(found, see)
    rights = as_root(command) if command is not None else None
    if run is None or command is None or rights is None:
        return
    cleaning = f"{command.words[0].text} {arguments}"
    edits = at_end(run, rights + cleaning, see)
    if edits:
        assumes = "nothing in the image uses the cache"
        yield Fix(f"end the RUN with `{cleaning}`", False, {see.path: edits}, assumes=assumes, waits_for=run.span)
