"""A snapshot of Debian's archive as the source of a stage's packages, as what can be pinned.

The base images of Debian name, as a comment in their sources, the snapshot that they were made from, on a server that
keeps all of them; what is written puts that line in the place of the mirror, with another time.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Instruction, Run, Stage
from ..analyzer.pins import Key
from ..analyzer.source import Span
from ..rules.facts import Facts
from ..rules.systems import added_source, system_of
from .blocks import block
from .wants import Want

_WITH_STANZAS = frozenset({"debian/bookworm", "debian/trixie", "debian/forky"})
"""The suites whose images have their sources in debian.sources, with the address of a snapshot in a comment."""
_FILE = "/etc/apt/sources.list.d/debian.sources"
_BEFORE = (
    f"RUN grep -q '^# http://snapshot' {_FILE} && sed -i -E -e 's/^URIs:/# &/' "
    "-e 's|^# (http://snapshot.*/)[0-9]+T[0-9]+Z$|URIs: \\1"
)
_BEHIND = f"|' {_FILE} && echo 'Acquire::Check-Valid-Until \"false\";' > /etc/apt/apt.conf.d/99snapshot"


def snapshot_wants(see: Facts) -> Iterator[Want]:
    """The stages that first call apt on an image of Debian: the line that sets the snapshot goes above that."""
    frozen: set[int] = set()
    for stage in see.dockerfile.stages:
        first = _first(stage, see)
        if first is None or not frozen.isdisjoint(see.bases.lineage(stage.index)):
            continue
        frozen.add(stage.index)
        system = system_of(first, see) or ""
        start = block(see.dockerfile, first).start
        want = Want(
            Key("snapshot", "debian"), first.span, Span(start, start), _BEFORE, _BEHIND + see.dockerfile.source.newline
        )
        added = added_source(first, see)
        if added is not None:
            if "http://snapshot" not in added.text:
                line = see.source.count("\n", 0, added.span.start) + 1
                yield want._replace(
                    refusal=f"line {line} may set the sources of packages; name a snapshot there by hand"
                )
        elif system in _WITH_STANZAS:
            yield want
        elif system.startswith("debian/") or not system:
            yield want._replace(refusal="only images of Debian 12 and newer name their snapshot; set it by hand")
        else:
            yield want._replace(refusal=f"images of {system} name no snapshot; set it by hand, as `apt-get update -S`")


def _first(stage: Stage, see: Facts) -> Instruction | None:
    """The first RUN of a stage that installs or updates by apt."""
    for instruction in stage.instructions:
        if isinstance(instruction.body, Run) and any(
            word.text in ("install", "update")
            for command in see.calls(instruction, "apt-get", "apt")
            for word in command.words[1:]
        ):
            return instruction
    return None
