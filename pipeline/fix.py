"""Fixing: files and settings become edits, and the edits become files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..analyzer.files import InputError, read_regular
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile, decode
from ..config import rules_of
from ..fixers.apply import Accept, Files, Fixed, fix_file
from ..rules.facts import OpenContext
from ..rules.files import Contexts
from ..rules.run import FileReport
from .files import write_files
from .lint import LintRequest, called, lint_files, opened


class FixRequest(NamedTuple):
    """What `dcache fix` is asked: the files, rules and settings of a lint, and which fixes are wanted."""

    lint: LintRequest
    unsafe: bool = False
    accept: Accept = lambda _found, _fix, _texts: True


class FileFix(NamedTuple):
    """One Dockerfile, None where it could not be read, and what fixes made of it.

    `before` are all files that have another text now, by path, as they were; empty ones for those that were not there.
    """

    path: str
    source: SourceFile | None
    fixed: Fixed
    before: Mapping[str, SourceFile]

    @property
    def differs(self) -> bool:
        """Whether a file has another text now."""
        return bool(self.before)


def run_fix(request: FixRequest) -> Iterator[FileFix]:
    """The fixes of each Dockerfile, in order, nothing written; InputError or ConfigError."""
    contexts = Contexts()
    for path in lint_files(request.lint):
        try:
            one = _fixed(path, request, contexts)
        except InputError as error:
            one = _failed(called(path, request.lint), str(error))
        yield one


def written(one: FileFix) -> FileFix:
    """Write the files that a fix changes: all of them, or none, and then the report says why."""
    try:
        write_files({path: old._replace(text=one.fixed.texts[path]).encode() for path, old in one.before.items()})
    except OSError as error:
        why = f"{error.filename or one.path}: {error.strerror}; nothing of {one.path} was changed"
        return _failed(one.path, why)
    return one


def _failed(path: str, why: str) -> FileFix:
    return FileFix(path, None, Fixed(FileReport(path, None, failure=why), {}), {})


def _fixed(path: str, request: FixRequest, contexts: Contexts) -> FileFix:
    source, config = one = opened(path, request.lint)
    rules = rules_of(config, source.path)
    settings = one.settings(rules, comments=request.lint.comments, cures=True)
    read = {source.path: source}

    def text(name: str) -> str:
        if name not in read:
            read[name] = _read(name)
        return read[name].text

    def context(texts: Mapping[str, str]) -> OpenContext:
        return one.context(Contexts(texts, contexts))

    fixed = fix_file(source, rules, Files(text, context), settings, unsafe=request.unsafe, accept=request.accept)
    before = {name: read[name] for name, now in fixed.texts.items() if now != read[name].text}
    return FileFix(source.path, source, fixed, before)


def _read(path: str) -> SourceFile:
    """A file that a fix changes besides the Dockerfile, empty where there is none."""
    try:
        return decode(path, read_regular(path))
    except FileNotFoundError:
        return SourceFile(path, "")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
