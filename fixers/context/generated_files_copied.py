"""Lists the directories in the ignore file that applies, or in a new one.

By name where it tells a tool's directories from all others (`**/__pycache__`), else by path (`web/dist`). Nothing is
changed where no command of the stage makes the directory (an install for `node_modules`, a build for `dist`), and where
an instruction, or another Dockerfile of the same context, names it or something in it.

Unsafe: the image has what the build makes there, and not what lay in the context.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.generated_files_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ...rules.taken import GENERATED
from ..blocks import instruction_at
from ..ignored import ignore_path, kept_out
from ..making import makes

_MOST = 8


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with a line for each name, or else for each directory."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    paths, coming = found.evidence
    taker = instruction_at(see.dockerfile, found.primary)
    names = tuple(dict.fromkeys(path.rpartition("/")[2] for path in paths)) or (coming,)
    if taker is None or not makes(see, taker.stage, names):
        return
    nested = {path.rpartition("/")[2] for path in paths if "/" in path} & GENERATED
    by_name = tuple(dict.fromkeys(_line(path, nested) for path in paths)) or (coming,)
    lines, edits = by_name, kept_out(see, by_name, paths or (coming,))
    if edits is None and len(paths) <= _MOST:
        lines, edits = paths, kept_out(see, paths, paths)
    if edits is not None:
        listed = " and ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
        title = f"list {' '.join(f'`{line}`' for line in lines[:3])} in {ignore_path(see.context)}"
        yield Fix(title, False, edits, assumes=f"the build needs no {listed} but what it makes itself")


def _line(path: str, nested: frozenset[str] | set[str]) -> str:
    name = path.rpartition("/")[2]
    return f"**/{name}" if name in nested else path
