"""Writes the directory in the place of the pattern that empties it. The second kind is left to the reader.

Unsafe: the image lacks the empty directory.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import read_ignore
from ...analyzer.source import apply_edits
from ...rules.context.ignored_directory_still_sent import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..ignore_rows import replace_row
from ..ignored import all_found, mentions, names_path


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with the directory itself."""
    context, evidence = see.context, found.evidence
    if context is None or context.ignore_file is None or not isinstance(evidence, Evidence):
        return
    lines = context.ignore_text.split("\n")
    rows = [row for row, line in enumerate(lines) if read_ignore(line).patterns == (evidence.pattern,)]
    if len(rows) != 1 or mentions(see, evidence.folder) or names_path(see, evidence.folder):
        return
    edit = replace_row(context.ignore_text, rows[0], evidence.folder)
    if all_found(see, context.context, read_ignore(apply_edits(context.ignore_text, [edit]))):
        yield Fix(
            f"write `{evidence.folder}` in line {rows[0] + 1} of {context.ignore_file}",
            False,
            {context.ignore_file: (edit,)},
            assumes=f"no step and nothing in the image needs the empty `{evidence.folder}`",
        )
