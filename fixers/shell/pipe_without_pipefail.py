"""Begins the RUN with `set -o pipefail`, where the shell is bash by SHELL or the base image is one of Alpine.

Not safe: a part of a pipe may fail on purpose. Other shells may not know the option: nothing is changed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..runs import run_of

_ALPINE = re.compile(r"(?:docker\.io/)?(?:library/)?alpine(?:[:@].*)?|[^:@]+:[^@]*\balpine\b.*")


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The option before all else; in a heredoc as its first line."""
    run = run_of(found, see)
    if run is None or not isinstance(run.body, Run) or not _knows_it(run, see):
        return
    line = run.body.command
    if not run.heredocs:
        edit = Edit(Span(line.span.start, line.span.start), "set -o pipefail && ")
    elif line.text.startswith("<<") and len(line.text.split()) == 1 and not run.heredocs[0].chomp:
        start = run.heredocs[0].span.start
        if run.heredocs[0].content.startswith("#!"):
            return
        edit = Edit(Span(start, start), f"set -o pipefail{see.dockerfile.source.newline}")
    else:
        return
    assumes = "no command at the head of a pipe fails on purpose"
    yield Fix("begin the RUN with `set -o pipefail`", False, {see.path: (edit,)}, assumes=assumes)


def _knows_it(run: Instruction, see: Facts) -> bool:
    shell = see.shell(run)
    if shell is not None:
        return shell[0].rpartition("/")[2] == "bash"
    first = see.bases.stages[see.bases.lineage(run.stage)[0]].image.text or ""
    return _ALPINE.fullmatch(first) is not None
