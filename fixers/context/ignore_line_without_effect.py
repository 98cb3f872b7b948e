"""Corrects the line, or takes it out.

Safe where the line matches nothing in any context: a path out of it, a `!` before which nothing is ignored. Unsafe for
quotes, comments and `*.log`: what the line was meant to keep out is in the image no more. A pair of lines that undo
each other is left to the reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError, read_ignore
from ...analyzer.source import apply_edits
from ...rules.context.ignore_line_without_effect import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..ignore_rows import replace_row
from ..ignored import all_found


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with the row as it was meant."""
    context, evidence = see.context, found.evidence
    if context is None or context.ignore_file is None or not isinstance(evidence, Evidence):
        return
    edit = replace_row(context.ignore_text, evidence.row, evidence.wanted)
    try:
        new = read_ignore(apply_edits(context.ignore_text, [edit]))
        if not all_found(see, context.context, new):
            return
    except ContextError:
        return  # the engine would refuse the line
    wanted = evidence.wanted.rpartition("\n")[2]
    title = f"write `{wanted}` in line {evidence.row + 1} of {context.ignore_file}"
    if evidence.dead:
        title = f"take line {evidence.row + 1} out of {context.ignore_file}"
    assumes = "" if evidence.dead else f"no step and nothing in the image reads what `{wanted}` matches"
    yield Fix(title, evidence.dead, {context.ignore_file: (edit,)}, assumes=assumes)
