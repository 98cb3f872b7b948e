"""What fixes did, or would do, for people: as a list, and as a diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from ..fixers.apply import Applied, Fixed, Withdrawn
from .position import Lines
from .style import Style

_COLOURS = {"-": "31", "+": "32", "@": "36"}


def fix_lines(path: str, fixed: Fixed, style: Style, *, done: bool) -> Iterator[str]:
    """A line for each fix of a file, what it saves, what it assumes, and those that were withdrawn."""
    for one in fixed.applied:
        line = Lines(one.source).line(one.found.primary.start)
        verb = "" if done else "would "
        yield f"{path}:{line}: {style.paint(one.found.rule, '1')}: {verb}{one.fix.title}"
        if one.fix.gain:
            yield from style.wrapped(f"gain: {one.fix.gain}", 4)
        if not one.fix.safe:
            yield from style.wrapped(f"unsafe: it assumes that {one.fix.assumes}", 4)
    for lost in fixed.withdrawn:
        line = Lines(lost.source).line(lost.found.primary.start)
        yield f"{path}:{line}: {style.paint(lost.found.rule, '1')}: not fixed: {lost.fix.title}: {lost.why}"
    if not fixed.settled:
        yield f"{path}: fixes still made way for others after the last round; run `dcache fix` again"


def fix_document(files: Mapping[str, Fixed], *, done: bool) -> dict[str, object]:
    """All files and what became of their fixes, as one document; its schema is schemas/fix.json."""
    return {"version": 1, "written": done, "files": [_file(path, fixed) for path, fixed in files.items()]}


def _file(path: str, fixed: Fixed) -> dict[str, object]:
    refusal = fixed.report.refusal
    return {
        "file": path,
        "error": fixed.report.failure or (None if refusal is None else refusal.message),
        "changed": sorted(fixed.texts),
        "fixes": [_fix(one) for one in fixed.applied],
        "withdrawn": [{**_fix(one), "why": one.why} for one in fixed.withdrawn],
        "left": len(fixed.report.diagnostics),
        "settled": fixed.settled,
    }


def _fix(one: Applied | Withdrawn) -> dict[str, object]:
    return {
        "rule": one.found.rule,
        "line": Lines(one.source).line(one.found.primary.start),
        "title": one.fix.title,
        "safety": "safe" if one.fix.safe else "unsafe",
        "assumes": one.fix.assumes,
        "gain": one.fix.gain,
    }


def diff_lines(before: Mapping[str, str], after: Mapping[str, str], style: Style) -> Iterator[str]:
    """A unified diff of all files that differ; of one that is not there yet, against /dev/null."""
    for path, text in after.items():
        old = before[path]
        if old == text:
            continue
        origin = f"a/{path}" if old else "/dev/null"
        for line in unified_diff(_rows(old), _rows(text), origin, f"b/{path}"):
            body = line.removesuffix("\n").removesuffix("\r")
            yield style.paint(body, _COLOURS.get(body[:1], ""))
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"


def _rows(text: str) -> list[str]:
    return [row + "\n" for row in text.split("\n")[:-1]] + ([text.rpartition("\n")[2]] if text[-1:] != "\n" else [])
