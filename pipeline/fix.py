"""Fixing: files and settings become edits, and the edits become files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..analyzer.files import InputError, read_regular
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile, decode
from ..config import rules_of, settings_of
from ..fixers.apply import Accept, Files, Fixed, fix_file
from ..rules.facts import OpenContext
from ..rules.files import Contexts
from ..rules.run import FileReport
from .files import read_source, write_files
from .lint import LintRequest, lint_config, lint_files
from .pins import load_lock, lock_path


class FixRequest(NamedTuple):
    """What `dcache fix` is asked: the files, rules and settings of a lint, and which fixes are wanted."""

    lint: LintRequest
    unsafe: bool = False
    accept: Accept = lambda _found, _fix, _texts: True


class FileFix(NamedTuple):
    """One Dockerfile: its text before, None where it could not be read, and what fixes made of it.

    `before` are the texts of all files that differ, by path, as they were; "" for those that were not there.
    """

    path: str
    source: SourceFile | None
    fixed: Fixed
    before: Mapping[str, str]

    @property
    def differs(self) -> bool:
        """Whether a file has another text now."""
        return any(self.before[path] != text for path, text in self.fixed.texts.items())


def run_fix(request: FixRequest) -> Iterator[FileFix]:
    """The fixes of each Dockerfile, in order, nothing written; InputError or ConfigError."""
    contexts = Contexts()
    for path in lint_files(request.lint):
        yield _fixed(path, request, contexts)


def write_fix(one: FileFix) -> None:
    """Write the files that a fix changes: all of them, or none and an InputError."""
    changed = {path: one.fixed.texts[path] for path in one.fixed.texts if one.fixed.texts[path] != one.before[path]}
    try:
        write_files({path: _encoded(path, text, one) for path, text in changed.items()})
    except OSError as error:
        raise InputError(f"{error.filename or one.path}: {error.strerror}; nothing of {one.path} was changed") from None


def _encoded(path: str, text: str, one: FileFix) -> bytes:
    bom = one.source.bom if one.source is not None and path == one.path else False
    return SourceFile(path, text, bom).encode()


def _fixed(path: str, request: FixRequest, contexts: Contexts) -> FileFix:
    named = (request.lint.stdin_filename or "-") if path == "-" else path
    try:
        source = read_source(path, request.lint.stdin)._replace(path=named)
    except InputError as error:
        return FileFix(named, None, Fixed(FileReport(named, None, failure=str(error)), {}), {})
    config = lint_config(request.lint, path)
    rules = rules_of(config, named)
    settings = settings_of(config, rules, comments=request.lint.comments)._replace(pins=load_lock(lock_path(named)))
    given = config.values["context"]

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts, contexts).of(named, given)

    fixed = fix_file(source, rules, Files(_read, opened), settings, unsafe=request.unsafe, accept=request.accept)
    before = {name: source.text if name == named else _read(name) for name in fixed.texts}
    return FileFix(named, source, fixed, before)


def _read(path: str) -> str:
    """The text of a file that a fix changes besides the Dockerfile, "" where there is none."""
    try:
        return decode(path, read_regular(path)).text
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
