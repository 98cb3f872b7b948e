"""Copies the manifests first, then installs, and copies the rest behind that.

Safe where the files that the install reads are known one by one, where nothing that it writes is among what is copied,
and where the lock file is taken as it is. Otherwise unsafe: the message says what must be true. There is no fix where
the install, or something between the copy and it, reads more of the project: a local package, a script that runs with
the install. A RUN that goes on with other commands becomes two.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.copies import fits
from ...rules.facts import Facts
from ...rules.order.copy_before_install import Evidence
from ...rules.rule import Diagnostic, Fix
from ..advance import Refusal, advanced


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The copy moved below the first of the installs for which that can be done."""
    assert isinstance(found.evidence, Evidence)
    if see.graph is None or see.context is None or not fits(see.graph, see.context):
        return
    copy = see.graph.steps[found.evidence.copy]
    for number in found.evidence.installs:
        fix = advanced(copy, see.graph.steps[number], see, see.context)
        if not isinstance(fix, Refusal):
            yield fix
            return
