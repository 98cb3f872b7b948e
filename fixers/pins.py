"""Pins written into one Dockerfile, and what became of each name in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..analyzer.dockerfile import parse
from ..analyzer.dockerfile.syntax import Dockerfile
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import Key, Lock
from ..analyzer.source import SourceFile, apply_edits
from ..analyzer.typing import Literal
from .verify import difference
from .wants import Want, edits

State = Literal["pinned", "moved", "current", "failed"]


class Outcome(NamedTuple):
    """What became of one name: pinned or moved to `value`, current, or failed for the reason in `why`."""

    want: Want
    state: State
    value: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()


class FilePins(NamedTuple):
    """One Dockerfile: as it was, None where it cannot be read; its new text; and what became of each name."""

    path: str
    source: SourceFile | None
    text: str = ""
    outcomes: tuple[Outcome, ...] = ()
    failure: str | None = None

    @property
    def differs(self) -> bool:
        """Whether there is something to write."""
        return self.source is not None and self.text != self.source.text


class PinReport(NamedTuple):
    """All files, and the locks that differ, by path."""

    files: tuple[FilePins, ...]
    locks: Mapping[str, Lock]

    @property
    def failed(self) -> bool:
        """Whether something that was asked for could not be had."""
        return any(file.failure or any(one.state == "failed" for one in file.outcomes) for file in self.files)

    @property
    def differs(self) -> bool:
        """Whether a Dockerfile would be written otherwise than it is."""
        return any(file.differs for file in self.files)


def pinned(
    dockerfile: Dockerfile,
    wants: Iterable[Want],
    lock: Lock,
    missing: Mapping[Key, str],
    notes: Mapping[Key, tuple[str, ...]],
    *,
    update: bool,
) -> FilePins:
    """A Dockerfile with the pins that a lock holds; with `update` those that stand there give way to them.

    `missing` says why a name could not be looked up. A file that would be read otherwise than meant is left as it is.
    """
    outcomes: list[Outcome] = []
    for want in wants:
        pin, why = lock.pins.get(want.key), want.refusal or missing.get(want.key, "")
        if why:
            outcomes.append(Outcome(want, "failed", why=why))
        elif want.held and (not update or pin is None or pin.value == want.held):
            outcomes.append(Outcome(want, "current", want.held))
        elif pin is not None:
            outcomes.append(Outcome(want, "moved" if want.held else "pinned", pin.value, "", notes.get(want.key, ())))
    source = dockerfile.source
    written = edits((one.want for one in outcomes if one.state in ("pinned", "moved")), lock, source.text)
    text = apply_edits(source.text, written)
    wrong = difference(dockerfile, parse(source._replace(text=text)), written, ())
    if wrong is not None:
        return FilePins(source.path, source, source.text, failure=f"{source.path}: not written: {wrong}")
    return FilePins(source.path, source, text, tuple(outcomes))
