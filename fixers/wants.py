"""What of a Dockerfile can be pinned: each name that moves, where its pin is to stand, or why it has no place.

`dcache pin` asks services about them; the cures of the rules on pinning take the answers from the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import Key, Lock, is_value
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts
from ..rules.rule import Diagnostic, Fix


class Want(NamedTuple):
    """A name that moves, or that is pinned already, at a place of the Dockerfile.

    A pin's value is written over `span`, between `before` and `behind`. `held` is the value that stands there now, ""
    for none. `refusal` says why nothing can be written, and what to do: one clause, "" where it can. `reader` is an
    edit that changes nothing, of what reads the pin from another instruction.
    """

    key: Key
    place: Span
    span: Span
    before: str = ""
    behind: str = ""
    held: str = ""
    refusal: str = ""
    reader: Edit | None = None

    def edit(self, value: str) -> Edit:
        """What writes a value; ValueError where a pin of this kind cannot have it."""
        if not is_value(self.key.kind, value):
            raise ValueError(f"`{value[:80]}` is no value that a pin of {self.key.kind} can have")
        return Edit(self.span, f"{self.before}{value}{self.behind}")


def all_wants(see: Facts) -> tuple[Want, ...]:
    """Everything in a Dockerfile that moves or is pinned, in the order of the text."""
    from .image_wants import image_wants
    from .package_wants import package_wants
    from .pinned_wants import pinned_wants
    from .snapshot_wants import snapshot_wants
    from .source_wants import source_wants

    found = [*image_wants(see), *package_wants(see), *source_wants(see), *snapshot_wants(see), *pinned_wants(see)]
    return tuple(sorted(found, key=lambda one: (one.place, one.key)))


def edits(wants: Iterable[Want], lock: Lock, source: str) -> tuple[Edit, ...]:
    """The edits of a text that write what a lock holds of these, where that is not what stands there.

    None is empty: what is put behind a word takes the word's last character along, and so belongs to its instruction.
    """
    found: dict[Span, Edit] = {}
    for one in wants:
        pin = lock.pins.get(one.key)
        if pin is not None and not one.refusal and pin.value != one.held:
            (start, end), text = one.edit(pin.value)
            edit = Edit(Span(start, end), text) if start < end else Edit(Span(start - 1, end), source[start - 1] + text)
            found.setdefault(one.span, edit)
            if one.reader is not None:
                found.setdefault(one.reader.span, one.reader)
    return tuple(found.values())


def pinning(found: Diagnostic, wants: Iterable[Want], see: Facts) -> Iterator[Fix]:
    """The fix that pins what a finding is about, as far as the lock knows it; none where it knows nothing of it."""
    known = [one for one in wants if not one.refusal and not one.held and one.key in see.pins.pins]
    written = edits(known, see.pins, see.source)
    if not written:
        return
    first = known[0]
    pin = see.pins.pins[first.key]
    named = {one.key for one in known}
    what = f"`{first.key.name}`" if len(named) == 1 else f"`{first.key.name}` and {len(named) - 1} more"
    title = f"pin {what} to what the lock holds"
    if len(title) > 110:
        title = f"pin a {first.key.kind} to what the lock holds"
    assumes = f"what was found on {pin.date} is what is wanted: {_risk(first)}"
    yield Fix(title, False, {see.path: written}, assumes=assumes)


def _risk(want: Want) -> str:
    match want.key.kind:
        case "image":
            return "newer images of that tag, with their security updates, no longer come in by themselves"
        case "apt" | "apk":
            return (
                f"the archive of {want.key.where} still has that version, and it is the one that would be installed; "
                "archives drop versions that are superseded"
            )
        case "download":
            return "the build is to stop when the server sends something else"
        case "snapshot":
            return (
                "nothing newer than the snapshot is in the base image or wanted, and the image may be left with it as "
                "its source of packages"
            )
        case "git":
            return "the commit stays in the repository, and nothing reads the name of the branch from the clone"
        case _:
            return "newer versions no longer come in by themselves, and the index keeps this one"


def inside(wants: Iterable[Want], span: Span) -> Iterator[Want]:
    """Those that stand inside a span of the file."""
    return (one for one in wants if span.start <= one.place.start and one.place.end <= span.end)


def at(text: str, span: Span, see: Facts) -> Span | None:
    """Where a text ends that stands in a span of the file exactly, in quotes or not: an empty span before the quote.

    None where it stands there in another form: split by a continuation, inside a nested script, as part of JSON.
    """
    raw = see.source[span.start : span.end]
    for quote in ("", "'", '"'):
        if raw == f"{quote}{text}{quote}":
            return Span(span.end - len(quote), span.end - len(quote))
    return None
