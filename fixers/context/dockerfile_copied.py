"""Lists the Dockerfile and the ignore file in the ignore file that applies, or in a new one.

The engine reads both all the same. Nothing is changed where an instruction, or another Dockerfile of the same context,
names one of them.

Safe where only stages take them that build with Go, and the final image has but what is copied from elsewhere there.
Otherwise unsafe: they are in the image no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.dockerfile_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..go_trees import unseen
from ..ignored import ignore_path, kept_out, mentions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with a line for each."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    paths = found.evidence.paths
    edits = None if any(mentions(see, path) for path in paths) else kept_out(see, paths, paths)
    if edits is not None:
        listed = " and ".join(f"`{path}`" for path in paths)
        title = f"list {listed} in {ignore_path(see.context)}"
        safe = unseen(paths, see)
        yield Fix(title, safe, edits, assumes="" if safe else f"no step and nothing in the image reads {listed}")
