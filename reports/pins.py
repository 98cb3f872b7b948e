"""What pinning did, or would do: for people, and as a document (schemas/pin.json)."""

from __future__ import annotations

from collections.abc import Iterator

from ..fixers.pins import FilePins, Outcome, PinReport
from .position import Lines
from .style import Style

_COLOURS = {"pinned": "32", "moved": "32", "current": "2", "failed": "31"}


def pin_lines(report: PinReport, style: Style, *, done: bool, current: bool = False) -> Iterator[str]:
    """A line for each name that was pinned or moved, then what could not be; with `current`, what stays as well."""
    for file in report.files:
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.outcomes:
            if one.state in ("pinned", "moved") or (current and one.state == "current"):
                yield f"{_place(file, one, lines)}: {style.paint(_verb(one, done), _COLOURS[one.state])} {_told(one)}"
    for note in dict.fromkeys(note for file in report.files for one in file.outcomes for note in one.notes):
        yield f"note: {note}"


def failure_lines(report: PinReport, style: Style) -> Iterator[str]:
    """A line for each fault that kept files from being read, then for each name that could not be pinned, and why."""
    yield from dict.fromkeys(f"dcache: {file.failure}" for file in report.files if file.failure is not None)
    for file in report.files:
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.outcomes:
            if one.state == "failed":
                state = style.paint("not pinned:", _COLOURS["failed"])
                yield f"{_place(file, one, lines)}: {state} {one.want.key}: {one.why}"


def summary(report: PinReport, *, done: bool) -> str:
    """How many names were pinned, moved, and left."""
    states = [one.state for file in report.files for one in file.outcomes]
    written = sum(file.differs for file in report.files)
    to = "" if done else "to be "
    told = [f"{states.count('pinned')} {to}pinned", f"{states.count('moved')} {to}moved"]
    told += [f"{states.count('current')} current", f"{states.count('failed')} not pinned"]
    files = f"{written} of {len(report.files)} file{'' if len(report.files) == 1 else 's'}"
    return f"{', '.join(told)}; {files} {'changed' if done else 'would change'}"


def pin_document(report: PinReport) -> dict[str, object]:
    """The whole report as a document."""
    return {
        "version": 1,
        "files": [_file(file) for file in report.files],
        "locks": list(report.locks),
    }


def _file(file: FilePins) -> dict[str, object]:
    lines = None if file.source is None else Lines(file.source)
    return {
        "file": file.path,
        "failure": file.failure,
        "changed": file.differs,
        "names": [] if lines is None else [_name(one, lines) for one in file.outcomes],
    }


def _name(one: Outcome, lines: Lines) -> dict[str, object]:
    key = one.want.key
    return {
        "line": lines.line(one.want.place.start),
        "kind": key.kind,
        "name": key.name,
        "where": key.where,
        "state": one.state,
        "held": one.want.held or None,
        "value": one.value or None,
        "why": one.why or None,
    }


def _place(file: FilePins, one: Outcome, lines: Lines) -> str:
    return f"{file.path}:{lines.line(one.want.place.start)}"


def _verb(one: Outcome, done: bool) -> str:
    if one.state == "current":
        return "current"
    return one.state if done else "behind" if one.state == "moved" else "not pinned yet"


def _told(one: Outcome) -> str:
    key = one.want.key
    if one.state == "moved":
        return f"{key}: {_short(one.want.held)} -> {_short(one.value)}"
    return f"{key}: {_short(one.value)}"


def _short(value: str) -> str:
    """A value for people: of a digest or a commit the first 12 digits."""
    algorithm, colon, digits = value.rpartition(":")
    if len(digits) < 40 or not all(digit in "0123456789abcdef" for digit in digits):
        return value
    return f"{algorithm}{colon}{digits[:12]}…"
