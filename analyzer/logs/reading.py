"""Logs of any form, told apart by what is in them: the builds that a file tells of."""

from __future__ import annotations

import json

from ..files import InputError
from ..typing import Any, BinaryIO
from .documents import rows, table
from .logged import BuildLog
from .plain import PlainBuild, numbered
from .provenance import history_log, predicates, provenance_log, source_lines
from .rawjson import RawBuild, is_status, status
from .wrapping import Line, lines

# Characters of a document (provenance, history) that are read.
_LARGEST_DOCUMENT = 64 << 20


class LogReader:
    """Reads files of one log; a provenance among them gives its lines to the builds of the others."""

    def __init__(self) -> None:
        self._builds: list[PlainBuild | RawBuild] = []
        self._documents: list[BuildLog] = []
        self._lines: dict[str, int] = {}
        self._broken: dict[int, list[int]] = {}

    def read(self, path: str, stream: BinaryIO) -> None:
        """Take in a file; InputError where no build can be found in it, with what to do."""
        before = len(self._builds)
        document: list[str] = []
        size, seen, terminal = 0, 0, 0
        last = Line(0, "", False)
        for last in lines(stream):
            if not self._take(last, first=len(self._builds) == before):
                terminal = terminal or (last.number if last.text.startswith(("[+] Building ", "=> [", " => [")) else 0)
                if len(self._builds) == before and size <= _LARGEST_DOCUMENT:
                    document.append(last.text)
                    size += len(last.text)
            seen += bool(last.text)
        if len(self._builds) > before:
            return
        if not seen:
            raise InputError(f"{path}: empty; print a build with --progress=rawjson or --progress=plain into it")
        if terminal:
            raise InputError(
                f"{path}:{terminal}: progress for a terminal, which leaves out what became of most steps; "
                "print the build with --progress=rawjson or --progress=plain"
            )
        self._take_document(path, "\n".join(document), last.number)

    def _take(self, line: Line, *, first: bool) -> bool:
        """Whether a line is progress of a build."""
        if is_status(line.text):
            document = None if line.cut else status(line.text)
            current = self._builds[-1] if self._builds and not first else None
            if document is None:
                self._broken.setdefault(len(self._builds), []).append(line.number)
                return isinstance(current, RawBuild)
            if not isinstance(current, RawBuild) or current.begins_anew(document):
                current = RawBuild(line.number)
                self._builds.append(current)
            current.add(document)
            return True
        row = numbered(line.text)
        if row is None:
            return False
        number, text = row
        current = self._builds[-1] if self._builds and not first else None
        if not isinstance(current, PlainBuild) or current.begins_anew(number, text):
            if number > 1 and not text.startswith("["):
                return False
            current = PlainBuild(line.number)
            self._builds.append(current)
        current.add(number, text)
        return True

    def _take_document(self, path: str, text: str, count: int) -> None:
        what = f"no build can be found in its {count} line{'' if count == 1 else 's'}"
        advice = "print a build with --progress=rawjson or --progress=plain"
        if not text.lstrip().startswith(("{", "[")):
            raise InputError(f"{path}:1: {what}; {advice}")
        try:
            document: Any = json.loads(text)
        except RecursionError:
            raise InputError(f"{path}:1: the document is nested too deeply to be read; {advice}") from None
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{error.lineno}: neither progress nor a JSON document; {advice}") from None
        except ValueError as error:
            raise InputError(f"{path}:1: the document cannot be read ({error}); {advice}") from None
        tables = [table(row) for row in rows(document) or [document]]
        found = [predicate for row in tables for predicate in predicates(row)]
        for predicate in found:
            self._lines |= source_lines(predicate).lines
            self._documents.append(provenance_log(predicate))
        records = [record for row in tables if (record := history_log(row)) is not None]
        self._documents += records
        if not found and not records:
            raise InputError(f"{path}:1: a JSON document, but no provenance and no record of a build; {advice}")

    def builds(self) -> tuple[BuildLog, ...]:
        """The builds of all files, in order; what documents tell counts where no file has progress."""
        found: list[BuildLog] = []
        for at, build in enumerate(self._builds, 1):
            log = build.log() if isinstance(build, PlainBuild) else build.log(self._lines)
            broken = self._broken.get(at, [])
            if broken:
                more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
                log = log._replace(notes=(*log.notes, f"line {broken[0]}{more} cannot be read and counts as nothing"))
            if not log.steps:
                log = log._replace(notes=(*log.notes, "it holds no step: the build ended before its first"))
            if log.steps or not found:
                found.append(log)
        return tuple(found) or tuple(self._documents)
