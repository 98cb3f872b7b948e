"""Moves the update into each RUN that installs.

Safe where nothing between them changes what the update sees: a build from nothing makes the same image. Not safe where
a COPY or a command that is no install stands between them. Where a step between them runs a program that is not known,
another USER is set, or one of the RUNs has flags or is no chain of `&&` from the install on, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Copy, Env, Instruction, Other, Run, Workdir
from ...analyzer.shell import Command, Opaque, harmless
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ...rules.stale.update_in_own_layer import Evidence
from ..blocks import remove
from ..runs import is_exact, run_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The update before each install, and no RUN of its own."""
    run = run_of(found, see)
    if run is None or not isinstance(found.evidence, Evidence) or not isinstance(run.body, Run):
        return
    update, stale = found.evidence
    text = see.source[update.span.start : update.span.end]
    if update.span != run.body.command.span or "\n" in text or run.heredocs or run.flags:
        return
    if any(one.stage != run.stage or one.flags or not _is_plain(command, one, see) for one, command in stale):
        return
    last, install = stale[-1]
    between = see.dockerfile.stages[run.stage].instructions[run.index + 1 : last.index]
    sure = [*(_is_neutral(one, see) for one in between), _is_neutral(last, see, install.span.start)]
    if any(one is None for one in sure):
        return
    edits = [Edit(Span(one.span.start, one.span.start), f"{text} && ") for _, one in stale]
    title = f"run `{text}` where packages are installed"
    assumes = "" if all(sure) else "nothing between the two changes where packages come from"
    yield Fix(title, all(sure), {see.path: (remove(see.dockerfile, run), *edits)}, assumes=assumes)


def _is_plain(command: Command, run: Instruction, see: Facts) -> bool:
    """Whether a command can get another one before it, and what follows it in its RUN fails with both."""
    if not isinstance(run.body, Run) or run.heredocs:
        return False
    end = run.body.command.span.end
    if command.span.end != end and re.match(r"(?:\s|[\\`]\r?\n)*&&", see.source[command.span.end : end]) is None:
        return False
    first = (*command.wrappers, *command.words)[0]
    alone = command.certain and not (command.pipeline or command.nested or command.background or command.function)
    starts = command.span.start == first.span.start or bool(command.assignments)
    return alone and starts and is_exact(first, see) and is_exact(command.words[0], see)


def _is_neutral(one: Instruction, see: Facts, end: int | None = None) -> bool | None:
    """Whether an instruction, or what of it stands before `end`, surely changes nothing that an update sees.

    None where it may do anything.
    """
    if isinstance(one.body, Env | Arg | Other | Workdir):
        return True
    if isinstance(one.body, Copy):
        return False
    if not isinstance(one.body, Run):
        return None
    read = see.commands(one)
    if isinstance(read, Opaque):
        return None
    installs = {install.command.span for install in see.package_installs(one) if not install.local}
    others = [one for one in read if one.span not in installs and (end is None or one.span.start < end)]
    return None if not all(map(harmless, others)) else not others
