"""Lists the files in the ignore file that applies, or in a new one; up to twenty of them.

Nothing is changed where an instruction, or another Dockerfile of the same context, names one of them.

Unsafe: they are in the image no more, where it was built on a machine that has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.untracked_files_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..ignored import ignore_path, kept_out, mentions

_MOST = 20


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with a line for each."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    paths = found.evidence.paths
    if len(paths) > _MOST or any(mentions(see, path) for path in paths):
        return
    edits = kept_out(see, paths, paths)
    if edits is not None:
        listed = f"`{paths[0]}`" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
        title = f"list {listed} in {ignore_path(see.context)}"
        yield Fix(title, False, edits, assumes=f"no step and nothing in the image reads {listed}")
