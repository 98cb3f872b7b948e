"""Lists the files and directories in the ignore file that applies, or in a new one.

Nothing is changed where an instruction, or another Dockerfile of the same context, names one of them, nor where the
project has lines in its ignore file that let one of them in.

Safe where only stages take them that build with Go, no embed directive names them, and the final image has but what is
copied from elsewhere there. Otherwise unsafe: they are in the image no more where the copy goes to it, and where `.git`
is sent, git calls them deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.unused_files_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..go_trees import unseen
from ..ignored import ignore_path, kept_out, mentions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with a line for each that may be kept out."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    paths, often = found.evidence
    free = tuple(path for path in paths if not mentions(see, path) and kept_out(see, (path,), (path,)) is not None)
    gain = f"{often.told} nothing else of what is copied changed"
    hidden = tuple(path for path in free if unseen((path,), see))
    if hidden == free:
        yield from _listed(free, see, safe=True, gain=gain)
        return
    yield from _listed(free, see, safe=False, gain=gain)
    yield from _listed(hidden, see, safe=True, gain="")


def _listed(paths: tuple[str, ...], see: Facts, *, safe: bool, gain: str) -> Iterator[Fix]:
    """The ignore file with a line for each of these."""
    edits = kept_out(see, paths, paths)
    if edits is None or see.context is None:
        return
    listed = ", ".join(f"`{path}`" for path in paths[:4]) + (f" and {len(paths) - 4} more" if paths[4:] else "")
    assumes = "" if safe else f"no step and nothing in the image reads {listed}"
    if not safe and ".git" in see.context.context.tree.children("") and not see.context.context.ignore.excluded(".git"):
        assumes += ", nor asks git whether files are missing"
    yield Fix(f"list {listed} in {ignore_path(see.context)}", safe, edits, gain=gain, assumes=assumes)
