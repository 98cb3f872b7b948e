"""A baseline: the findings that a project has accepted for now, in a file; only new ones are reported.

A finding is known again by its file, its rule and the text of the instruction it is about, not by its line: editing
other lines changes nothing. The same text twice counts twice.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile
from .rule import Diagnostic
from .run import FileReport


class Entry(NamedTuple):
    """One accepted finding: its file relative to the baseline's folder, its rule, and the mark of its text."""

    file: str
    rule: str
    mark: str


def fingerprint(source: SourceFile, diagnostic: Diagnostic) -> str:
    """16 hex digits that stay the same while the reported text does: its blanks, and where it stands, do not count."""
    text = source.text
    start, end = diagnostic.primary
    row_start, row_end = text.rfind("\n", 0, start) + 1, text.find("\n", max(start, end - 1))
    said = " ".join(text[row_start : len(text) if row_end < 0 else row_end].split())
    return hashlib.sha256(f"{diagnostic.rule}\0{said}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def entries(files: Iterable[FileReport], folder: str) -> Counter[Entry]:
    """The findings of reports as entries of a baseline in `folder`."""
    found: Counter[Entry] = Counter()
    for file in files:
        if file.source is not None:
            for one in file.diagnostics:
                found[_entry(file.path, file.source, one, folder)] += 1
    return found


def accepting(files: Iterable[FileReport], known: Counter[Entry], folder: str) -> Counter[Entry]:
    """A baseline that accepts all that is found; of files of which nobody knows it, what `known` has."""
    files = list(files)
    return entries(files, folder) | (known - without(files, known, folder)[1])


def without(files: Iterable[FileReport], known: Counter[Entry], folder: str) -> tuple[list[FileReport], Counter[Entry]]:
    """The reports without the findings of a baseline, and what is in it but found no more.

    Of a file that was not linted, or could not be, nobody knows what is found, nor of a rule that was left out once;
    a file that does not exist has nothing.
    """
    files = list(files)
    judged = {_relative(file.path, folder): file.judged for file in files if file.status == 0}
    left = known.copy()
    kept: list[FileReport] = []
    for file in files:
        if file.source is None:
            kept.append(file)
            continue
        fresh: list[Diagnostic] = []
        for one in file.diagnostics:
            entry = _entry(file.path, file.source, one, folder)
            if left[entry] > 0:
                left[entry] -= 1
            else:
                fresh.append(one)
        kept.append(file._replace(diagnostics=tuple(fresh)))
    gone = {
        entry: count
        for entry, count in left.items()
        if count > 0 and (_is_judged(entry, judged) or not os.path.exists(os.path.join(folder, entry.file)))
    }
    return kept, Counter(gone)


def _is_judged(entry: Entry, judged: Mapping[str, frozenset[str] | None]) -> bool:
    rules = judged.get(entry.file, frozenset())
    return rules is None or entry.rule in rules


def to_document(known: Counter[Entry]) -> dict[str, object]:
    """A baseline as a document, sorted, so that it reads well in a diff; its schema is schemas/baseline.json."""
    return {
        "version": 1,
        "findings": [{**entry._asdict(), "count": count} for entry, count in sorted(known.items()) if count > 0],
    }


def from_document(document: dict[str, list[dict[str, str | int]]]) -> Counter[Entry]:
    """The baseline in a document that its schema accepts."""
    found: Counter[Entry] = Counter()
    for one in document["findings"]:
        found[Entry(str(one["file"]), str(one["rule"]), str(one["mark"]))] += int(one["count"])
    return found


def _entry(path: str, source: SourceFile, diagnostic: Diagnostic, folder: str) -> Entry:
    return Entry(_relative(path, folder), diagnostic.rule, fingerprint(source, diagnostic))


def _relative(path: str, folder: str) -> str:
    return path if path == "-" else os.path.relpath(path, folder or os.curdir).replace(os.sep, "/")
