"""Mounts the cache of the tool, so that its downloads are in no layer.

As for `mounts/cache-mount-missing`, in the same cases, and with the same reasons to change nothing. Tools whose folder
is where later commands find what was fetched are left alone here: the image may need it. So are commands that come
after the layer that they are about.

Unsafe: the image lacks the cache, and what an earlier build left in it is taken for this one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.mounts.install_cache_in_layer import Evidence
from ...rules.rule import Diagnostic, Fix
from ..cache_mounts import with_caches


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The mounts for all RUNs of the finding; none for a command that comes too late."""
    if isinstance(found.evidence, Evidence) and see.graph is not None:
        steps = [one for one in see.graph.steps if one.span in found.evidence.runs]
        yield from with_caches(found.evidence.tool, steps, see)
