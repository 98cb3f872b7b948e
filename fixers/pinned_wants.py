"""What the lock knows and the Dockerfile holds: pins that were written before, and can be moved forward.

Only what stands there as it was written counts: a version that somebody chose is no pin of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Copy, Instruction, Run
from ..analyzer.pins import Key, Kind, Pin, parted
from ..analyzer.shell import Command, Opaque
from ..analyzer.source import Span
from ..rules.facts import Facts
from .package_wants import where_of
from .wants import Want, at

_PROGRAMS: dict[str, Kind] = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "npm": "npm", "pnpm": "npm", "bun": "npm",
    "yarn": "npm", "gem": "gem", "go": "go", "cargo": "cargo", "uv": "pip",
}  # fmt: skip

_IN_TEXT = frozenset({"git", "download", "snapshot"})
"""The kinds whose pins are no part of a word that names them."""

_END = r"(?![\w./-])"


def pinned_wants(see: Facts) -> Iterator[Want]:
    """The words, commits and checksums of a Dockerfile that are what the lock holds."""
    pins = see.pins.pins
    if not pins:
        return
    spots = [(key, pin) for key, pin in pins.items() if key.kind in _IN_TEXT and pin.value in see.source]
    for instruction in see.instructions((Run, Copy)):
        if see.is_trigger(instruction):
            continue
        for key, pin in spots:
            yield from _spots(key, pin, instruction, see)
        read = see.commands(instruction)
        for command in () if isinstance(read, Opaque) else read:
            kind = _kind(command)
            if kind is not None:
                yield from _words(kind, command, instruction, see)


def _kind(command: Command) -> Kind | None:
    program = command.program
    return "pip" if program.startswith(("pip", "python", "pypy")) else _PROGRAMS.get(program)


def _words(kind: Kind, command: Command, instruction: Instruction, see: Facts) -> Iterator[Want]:
    for word in command.words[1:]:
        found = parted(kind, word.text)
        if found is None:
            continue
        name, value = found
        key = Key(kind, name, where_of(kind, command, instruction, see) or "")
        end = at(word.text, word.span, see)
        if end is not None and key in see.pins.pins and see.pins.pins[key].value == value:
            yield Want(key, word.span, Span(end.start - len(value), end.end), held=value)


def _spots(key: Key, pin: Pin, instruction: Instruction, see: Facts) -> Iterator[Want]:
    """The places of a commit or a checksum in an instruction that names what it is of."""
    text = see.source[instruction.span.start : instruction.span.end]
    named = {"git": key.name.rpartition("#")[0], "snapshot": "http://snapshot"}
    address = named.get(key.kind, key.name)
    if not re.search(rf"{re.escape(address)}{'' if key.kind == 'snapshot' else _END}", text):
        return
    start = text.find(pin.value)
    while start >= 0:
        span = Span(instruction.span.start + start, instruction.span.start + start + len(pin.value))
        yield Want(key, span, span, held=pin.value)
        start = text.find(pin.value, start + 1)
