"""Ends the RUN with `yarn cache clean`. Not safe: the image lacks the files of the cache.

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
    edits = at_end(run, f"{rights}yarn cache clean", see) if run is not None and rights is not None else ()
    if run is not None and edits:
        assumes = "yarn is version 1, and nothing in the image uses its cache"
        yield Fix("end the RUN with `yarn cache clean`", False, {see.path: edits}, assumes=assumes, waits_for=run.span)
