"""Ends the RUN with `rm -rf /var/lib/apt/lists/*`. Not safe: the image lacks the lists.

Where a later step may install packages without an update of its own, nothing is changed; nor is a RUN whose end is not
plain, such as a loop, a heredoc or a command in the background.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque
from ...rules.facts import Facts
from ...rules.reading import behind
from ...rules.rule import Diagnostic, Fix
from ..runs import as_root, at_end, command_of, run_of

_LISTS = "rm -rf /var/lib/apt/lists/*"
_APT = frozenset({"apt-get", "apt", "aptitude", "apt-cache"})


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """One more command at the end of the RUN."""
    run, command = run_of(found, see), command_of(found, see)
    rights = as_root(command) if command is not None else None
    if run is None or rights is None or see.graph is None or not _installs(run, see):
        return
    if any(_may_read_lists(one, see) for one in behind(see.graph, see, run)):
        return
    edits = at_end(run, rights + _LISTS, see)
    if edits:
        assumes = "nothing in the image reads the package lists"
        yield Fix(f"end the RUN with `{_LISTS}`", False, {see.path: edits}, assumes=assumes, waits_for=run.span)


def _installs(run: Instruction, see: Facts) -> bool:
    """Whether the lists are used in the RUN itself; else they are there for a later one."""
    return any(install.tool == "apt" for install in see.package_installs(run))


def _may_read_lists(one: Instruction, see: Facts) -> bool:
    """Whether an instruction may need lists that it does not fetch itself."""
    if not isinstance(one.body, Run):
        return False
    read = see.commands(one)
    if isinstance(read, Opaque):
        return True
    for command in read:
        words = [word.text for word in command.words]
        if command.program in _APT and "update" in words:
            return False
        if command.program in _APT and not {"clean", "autoremove", "autoclean", "remove", "purge"} & set(words):
            return True
    return False
