"""Calls apt-get in the place of apt, everywhere in the RUN.

Not safe: apt deletes what it has downloaded where apt-get may keep it. Commands that apt-get does not know, and
installs of files, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.shell import Command, package_install
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, is_exact, run_of

_SAME = frozenset("update install remove purge autoremove clean autoclean build-dep source download upgrade".split())


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """apt-get with the same words; `apt upgrade` is `apt-get upgrade --with-new-pkgs`."""
    run = run_of(found, see)
    calls = see.calls(run, "apt") if run is not None else []
    edits = [edit for command in calls for edit in _edits(command, see)]
    if any(edit.span == found.primary for edit in edits):
        assumes = "the image keeps no downloaded packages, as those of Debian and Ubuntu do not"
        yield Fix("call `apt-get`", False, {see.path: tuple(edits)}, assumes=assumes)


def _edits(command: Command, see: Facts) -> tuple[Edit, ...]:
    program, verb = command.words[0], next((one for one in command.words[1:] if not one.text.startswith("-")), None)
    if verb is None or verb.text not in _SAME or program.text != "apt" or not is_exact(program, see):
        return ()
    install = package_install(command)
    if install is not None and install.local:
        return ()
    renamed = (Edit(program.span, "apt-get"),)
    if verb.text != "upgrade":
        return renamed
    more = behind(verb, "--with-new-pkgs", see)
    return (*renamed, *more) if more else ()
