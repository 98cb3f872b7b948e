"""Ends the RUN with `zypper clean`. Not safe: the image lacks the files of the cache.

A RUN whose end is not plain, such as a loop, a heredoc or a command in the background, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import as_root, at_end, command_of, run_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """One more command at the end of the RUN."""
    run, command = run_of(found, see), command_of(found, see)
    rights = as_root(command) if command is not None else None
    if run is None or command is None or rights is None:
        return
    cleaning = f"{command.words[0].text} clean"
    edits = at_end(run, rights + cleaning, see)
    if edits:
        assumes = "nothing in the image uses the cache"
        yield Fix(f"end the RUN with `{cleaning}`", False, {see.path: edits}, assumes=assumes)
