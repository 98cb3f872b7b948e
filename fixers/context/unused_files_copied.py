"""Lists the files and directories in the ignore file that applies, or in a new one.

Nothing is changed where an instruction, or another Dockerfile of the same context, names one of them, nor where the
project has lines in its ignore file that let one of them in.

Unsafe: they are in the image no more where the copy goes to it, and where `.git` is sent, git calls them deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.unused_files_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..ignored import ignore_path, kept_out, mentions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with a line for each that may be kept out."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    paths, often = found.evidence
    free = tuple(path for path in paths if not mentions(see, path) and kept_out(see, (path,), (path,)) is not None)
    edits = kept_out(see, free, free)
    if edits is not None:
        listed = ", ".join(f"`{path}`" for path in free[:4]) + (f" and {len(free) - 4} more" if free[4:] else "")
        assumes = f"no step and nothing in the image reads {listed}"
        if ".git" in see.context.context.tree.children("") and not see.context.context.ignore.excluded(".git"):
            assumes += ", nor asks git whether files are missing"
        gain = f"{often.told} nothing else of what is copied changed"
        yield Fix(f"list {listed} in {ignore_path(see.context)}", False, edits, gain=gain, assumes=assumes)
