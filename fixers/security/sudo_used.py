"""Leaves sudo out, everywhere in the RUN.

Not safe: sudo takes away variables that the command then sees. That is done where USER says root, or where no USER is
set on a base image that is known to run as root; sudo for another user, and sudo with options other than `-E`, `-H` and
`-n`, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, User
from ...analyzer.shell import Command, Opaque
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import is_exact, run_of

_OPTIONS = frozenset({"-E", "-H", "-n", "--preserve-env", "--set-home", "--non-interactive"})
_ROOT = re.compile(
    r"(?:docker\.io/)?(?:library/)?"
    r"(?:debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|amazonlinux|archlinux|oraclelinux)"
    r"(?:[:@].*)?"
)


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The commands themselves."""
    run = run_of(found, see)
    read = see.commands(run) if run is not None else ()
    if run is None or isinstance(read, Opaque) or not _is_root(run, see):
        return
    places: list[Span] = []
    for command in read:
        if any(word.text.rpartition("/")[2] == "sudo" for word in (*command.wrappers, *command.words[:1])):
            place = _place(command, see)
            if place is None:
                return
            places += [] if place in places else [place]
    if any(place.start == found.primary.start for place in places):
        assumes = "no command relies on the environment that sudo makes"
        yield Fix("leave `sudo` out", False, {see.path: tuple(Edit(one, "") for one in places)}, assumes=assumes)


def _place(command: Command, see: Facts) -> Span | None:
    """Where sudo and its options stand before a command, None where more than that is in the way."""
    first = command.wrappers[0] if command.wrappers else None
    if first is None or first.text.rpartition("/")[2] != "sudo" or not is_exact(first, see):
        return None
    if any(word.text not in _OPTIONS for word in command.wrappers[1:]):
        return None
    end = first.span.end
    match = re.compile(r"(?:[ \t]+-[\w-]+)*[ \t]+(?=[^\s\\-])").match(see.source, end)
    return None if match is None else Span(first.span.start, match.end())


def _is_root(run: Instruction, see: Facts) -> bool:
    """Whether a step surely runs as root."""
    lineage = see.bases.lineage(run.stage)
    for index in reversed(lineage):
        last = run.index if index == run.stage else None
        for one in reversed(see.dockerfile.stages[index].instructions[:last]):
            if isinstance(one.body, User):
                return one.body.user.text.partition(":")[0] in ("root", "0")
    return _ROOT.fullmatch(see.bases.stages[lineage[0]].image.text or "") is not None
