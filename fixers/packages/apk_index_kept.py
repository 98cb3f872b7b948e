"""Adds `--no-cache`.

Safe where the same RUN removes `/var/cache/apk/*` behind the install: the index is gone either way. Not safe elsewhere:
the image lacks it then. An install without a network is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.download_caches import removed
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, run_of, verb_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The install with the option behind its verb."""
    run, command = run_of(found, see), command_of(found, see)
    edits = behind(verb_of(command, "add"), "--no-cache", see) if command is not None else ()
    if run is None or command is None or not edits or "--no-network" in (word.text for word in command.words):
        return
    later = [one for one in see.calls(run, "rm") if one.certain and one.span > command.span]
    swept = command.certain and any("/var/cache/apk/*" in removed(one) for one in later)
    assumes = "" if swept else "nothing reads the package index in the image"
    yield Fix("add `--no-cache`", swept, {see.path: edits}, assumes=assumes, waits_for=run.span)
