"""Adds `--progress=dot:giga`.

Safe where the stage surely calls apt-get, so that wget is that of GNU: only the log is another one. Not safe elsewhere:
the wget of busybox refuses the option. A wget whose messages go somewhere is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Run
from ...rules.facts import Facts
from ...rules.moving import before
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, run_of

_OPTION = "--progress=dot:giga"


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The command with the option behind its program."""
    run, command = run_of(found, see), command_of(found, see)
    if run is None or command is None or any(one.operator.startswith(("2", "&", ">&")) for one in command.redirects):
        return
    edits = behind(command.words[0], _OPTION, see)
    runs = [one for one in (*before(run, see), run) if isinstance(one.body, Run)]
    sure = any(call.certain and not call.function for one in runs for call in see.calls(one, "apt-get"))
    if edits:
        assumes = "" if sure else "`wget` is not that of busybox"
        yield Fix(f"add `{_OPTION}`", sure, {see.path: edits}, assumes=assumes)
