"""Copies the manifests first, then installs, and copies the rest behind that.

An install by name that stands right behind the copy comes before the manifests. Safe where the files that the install
reads are known one by one, where nothing that it writes is among what is copied, and where the lock file is taken as it
is. Otherwise unsafe: the message says what must be true. There is no fix where the install, or something between the
copy and it, reads more of the project: a local package, a script that runs with the install; nor where the last commits
changed what it reads more often than what is copied before it. A RUN that goes on with other commands becomes two.

Manifests of many folders are copied by one `COPY --parents` where the file's `syntax` surely knows it (1.20, 1.7-labs),
else by one COPY a folder.

What fetches and builds at once stays behind the copy, and a RUN that only fetches comes first: `cargo fetch` for
`cargo build`, `go mod download`, `sbt update`, `swift package resolve`, `dotnet restore`, `mvn dependency:go-offline`,
`--only-dependencies` for cabal and stack; `--no-install-project` for `uv sync`, `--no-root` for poetry, `--no-self` for
pdm, `--no-scripts --no-autoloader` for composer. Where the same RUN brings the tool, it is divided. cargo wants to see
the targets of a manifest: empty files stand for them, and are removed in the same RUN. Unsafe, as that may fetch more
than the build needs. There is no fix where cargo has no lock file, nor where a mount or the context keeps what is
fetched; where another cure gives the build a cache mount, that comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.graph import Step
from ...rules.copies import fits
from ...rules.facts import Facts
from ...rules.order.copy_before_install import Evidence
from ...rules.rule import Diagnostic, Fix
from ..advance import Refusal, advanced, fetched_first


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The copy moved below the first install for which that can be done, and those of the same tool behind it."""
    assert isinstance(found.evidence, Evidence)
    if see.graph is None or see.context is None or not fits(see.graph, see.context):
        return
    copy = see.graph.steps[found.evidence.copy]
    steps = [see.graph.steps[number] for number in found.evidence.installs]
    for at, first in enumerate(steps):
        tools = _tools(first, see)
        alike = [one for one in steps[at:] if _tools(one, see) <= tools]
        for step in reversed(alike):
            fix = advanced(copy, step, see, see.context)
            if not isinstance(fix, Refusal):
                yield fix
                return
    for step in steps:
        fix = fetched_first(copy, step, see, see.context)
        if not isinstance(fix, Refusal):
            yield fix
            return


def _tools(step: Step, see: Facts) -> set[str]:
    return {one.tool for one in see.installs(step.instruction)}
