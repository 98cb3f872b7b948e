"""Applies fixes to one Dockerfile, round after round, until nothing more can be cured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..analyzer.dockerfile import parse
from ..analyzer.dockerfile.syntax import Dockerfile
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Edit, SourceFile, Span, apply_edits
from ..rules.catalogue import LoadedRule
from ..rules.facts import OpenContext
from ..rules.rule import Diagnostic, Fix
from ..rules.run import FileReport, Settings, lint
from .fix import cure
from .gains import with_gains
from .verify import difference

ROUNDS = 10
"""As many rounds as one file gets: a chain of cures that each make way for the next is shorter."""


class Applied(NamedTuple):
    """A fix that was applied, and the finding that it cures, with the Dockerfile that both are about."""

    found: Diagnostic
    fix: Fix
    source: SourceFile


class Withdrawn(NamedTuple):
    """A fix that was not applied, and why."""

    found: Diagnostic
    fix: Fix
    source: SourceFile
    why: str


class Fixed(NamedTuple):
    """What fixes made of one Dockerfile. `report` is what lint says of the result; `texts` are the new texts, by path,
    of the files that differ; `settled` is False where the last round still found something to cure.
    """

    report: FileReport
    texts: Mapping[str, str]
    applied: tuple[Applied, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    settled: bool = True


class Files(NamedTuple):
    """Where texts come from: `read` gives that of a path, "" where there is no such file; `context` opens the build
    context as it is with the given texts in place of the files.
    """

    read: Callable[[str], str]
    context: Callable[[Mapping[str, str]], OpenContext | None]


Accept = Callable[[Diagnostic, Fix, Mapping[str, str]], bool]
"""Whether a fix is wanted, given the texts that its edits are about, by path."""


def fix_file(
    source: SourceFile,
    rules: Sequence[LoadedRule],
    files: Files,
    settings: Settings,
    *,
    unsafe: bool = False,
    accept: Accept = lambda _found, _fix, _texts: True,
) -> Fixed:
    """Cure what the rules find, as far as the fixes are safe (or `unsafe` is given) and accepted.

    Fixes that overlap wait for the next round. One that does more than it declares is withdrawn.
    """
    rounds, curing = _Rounds(source, files), with_gains(cure(unsafe=unsafe))
    for _ in range(ROUNDS):
        report = lint(parse(rounds.source), rules, files.context(rounds.texts), settings, curing)
        if not rounds.once(report, accept):
            return rounds.result(report)
    report = lint(parse(rounds.source), rules, files.context(rounds.texts), settings, curing)
    return rounds.result(report, settled=not any(rounds.wanted(report)))


class _Rounds:
    """The state of a file between rounds."""

    def __init__(self, source: SourceFile, files: Files) -> None:
        self.source, self.files = source, files
        self.texts: dict[str, str] = {}
        self.applied: list[Applied] = []
        self.withdrawn: list[Withdrawn] = []
        self.refused: set[tuple[str, str, str]] = set()

    def result(self, report: FileReport, *, settled: bool = True) -> Fixed:
        """What came of it."""
        return Fixed(report, self.texts, tuple(self.applied), tuple(self.withdrawn), settled)

    def wanted(self, report: FileReport) -> list[tuple[Diagnostic, Fix]]:
        """The findings that have a fix that was not refused before."""
        pairs = [(one, one.fix) for one in report.diagnostics if one.fix is not None]
        return [(found, fix) for found, fix in pairs if self._identity(found, fix) not in self.refused]

    def once(self, report: FileReport, accept: Accept) -> bool:
        """One round: whether anything was changed or refused."""
        before = parse(self.source)
        taken: list[Applied] = []
        for found, fix in sorted(self.wanted(report), key=lambda pair: pair[1].waits_for is not None):
            if any(_overlap(fix, one.fix) or self._waits(fix, one.fix) for one in taken):
                continue
            why = self._fault(before, (fix,))
            if why is not None:
                self._withdraw(found, fix, why)
            elif not accept(found, fix, {path: self._text(path) for path in fix.edits}):
                self.refused.add(self._identity(found, fix))
            else:
                taken.append(Applied(found, fix, self.source))
        why = self._fault(before, [one.fix for one in taken]) if len(taken) > 1 else None
        if why is not None:
            taken = taken[:1]
        if not taken:
            return False
        self._write([one.fix for one in taken])
        self.applied += taken
        return True

    def _identity(self, found: Diagnostic, fix: Fix) -> tuple[str, str, str]:
        return found.rule, fix.title, self.source.text[found.primary.start : found.primary.end]

    def _waits(self, one: Fix, other: Fix) -> bool:
        """Whether the other fix edits what the one waits for, and waits for nothing itself."""
        if other.waits_for is not None:
            return False
        place, edits = one.waits_for, other.edits.get(self.source.path, ())
        return place is not None and any(_touch(place, edit.span) for edit in edits)

    def _withdraw(self, found: Diagnostic, fix: Fix, why: str) -> None:
        self.refused.add(self._identity(found, fix))
        self.withdrawn.append(Withdrawn(found, fix, self.source, why))

    def _fault(self, before: Dockerfile, fixes: Sequence[Fix]) -> str | None:
        edits = _edits(fixes, self.source.path)
        try:
            text = apply_edits(self.source.text, edits)
        except ValueError as error:
            return str(error)
        if text == self.source.text and not any(path != self.source.path for one in fixes for path in one.edits):
            return "it changes nothing"
        return difference(before, parse(self.source._replace(text=text)), edits, fixes)

    def _text(self, path: str) -> str:
        """A file's text as it is by now."""
        return self.texts.get(path, self.source.text if path == self.source.path else self.files.read(path))

    def _write(self, fixes: Sequence[Fix]) -> None:
        for path in dict.fromkeys(path for one in fixes for path in one.edits):
            self.texts[path] = apply_edits(self._text(path), _edits(fixes, path))
        self.source = self.source._replace(text=self.texts.get(self.source.path, self.source.text))


def _edits(fixes: Iterable[Fix], path: str) -> list[Edit]:
    return [edit for one in fixes for edit in one.edits.get(path, ())]


def _overlap(one: Fix, other: Fix) -> bool:
    """Whether two fixes touch, or put something in, the same place."""
    return any(
        _touch(edit.span, second.span)
        for path in one.edits.keys() & other.edits.keys()
        for edit in one.edits[path]
        for second in other.edits[path]
    )


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
