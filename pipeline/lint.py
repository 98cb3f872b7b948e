"""Linting: files and settings become a report of findings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache, partial

from ..analyzer.files import InputError, read_regular
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile, decode
from ..analyzer.typing import TYPE_CHECKING, Any, Literal
from .files import read_source, write_file

if TYPE_CHECKING:
    from collections import Counter

    from ..analyzer.costs import Project
    from ..config import Config
    from ..rules.baseline import Entry
    from ..rules.catalogue import LoadedRule
    from ..rules.facts import OpenContext
    from ..rules.files import Contexts
    from ..rules.run import Cure, FileReport, LintReport, Settings


BaselineChange = Literal["write", "shrink"]


class LintRequest(NamedTuple):
    """What `dcache lint` is asked. `values` are settings that go before those of files, by their names there.

    `config` is the settings file to use for all files, "" for none at all, None for the nearest of each.
    `diff_base` is a revision: only findings on lines that differ from it count. `baseline` is a file of accepted
    findings; "write" accepts all that are found now, "shrink" forgets those that are gone. With `force_exclude`, what
    settings exclude is left out though it is named, as by a hook that is given every staged file.
    """

    paths: tuple[str, ...] = (".",)
    values: Mapping[str, Any] = {}
    config: str | None = None
    stdin: bytes | None = None
    stdin_filename: str | None = None
    diff_base: str | None = None
    baseline: str | None = None
    baseline_change: BaselineChange | None = None
    comments: bool = True
    jobs: int = 1
    force_exclude: bool = False


class Opened(NamedTuple):
    """A Dockerfile that a request names, and the settings that count for it."""

    source: SourceFile
    config: Config

    def context(self, contexts: Contexts) -> OpenContext:
        """What opens its build context."""
        return partial(contexts.of, self.source.path, self.config.values["context"])

    def settings(self, rules: tuple[LoadedRule, ...], *, comments: bool, cures: bool) -> Settings:
        """How rules are run, with the pins of the lock where `cures` are wanted; InputError where it is none."""
        from ..config import settings_of

        settings = settings_of(self.config, rules, comments=comments)._replace(costs=cache(self._costs))
        if not cures:
            return settings
        from .pins import load_lock, lock_path

        return settings._replace(pins=load_lock(lock_path(self.source.path)))

    def _costs(self) -> Project:
        from .costs import project_costs

        path, context = self.source.path, self.config.values["context"]
        return project_costs(context or os.path.dirname(path) or os.curdir, path)


def opened(path: str, request: LintRequest) -> Opened:
    """One Dockerfile of a request; InputError where it cannot be read, ConfigError."""
    source = read_source(path, request.stdin)._replace(path=called(path, request))
    return Opened(source, lint_config(request, path))


def called(path: str, request: LintRequest) -> str:
    """What a Dockerfile is called in reports: its path, standard input as the request says."""
    return (request.stdin_filename or "-") if path == "-" else path


def lint_config(request: LintRequest, path: str) -> Config:
    """The settings that count for a file or directory; ConfigError."""
    from ..config import DEFAULTS, Config, config_for, read_config

    if request.config == "":
        config = Config(DEFAULTS, {})
    elif request.config is not None:
        config = read_config(request.config)
    else:
        named = (request.stdin_filename or os.curdir) if path == "-" else path
        config = config_for(named if os.path.isdir(named) else os.path.dirname(named) or os.curdir)
    return config.over(request.values, "command line")


def lint_files(request: LintRequest) -> tuple[str, ...]:
    """The files that a lint is about, in order; InputError where there are none, ConfigError."""
    from ..rules.paths import found, matches

    paths: dict[str, None] = {}
    for path in request.paths:
        config = lint_config(request, path)
        named = not os.path.isdir(path) and not request.force_exclude
        for file in found(path, ignored=not config.values["respect-gitignore"]):
            if named or not matches(file, config.values["exclude"], config.folder):
                paths[file] = None
    if not paths and not request.force_exclude:
        raise InputError(f"no Dockerfile below `{'`, `'.join(request.paths)}`; name the file itself")
    return tuple(paths)


def run_lint(request: LintRequest) -> LintReport:
    """What the rules find in Dockerfiles; InputError or ConfigError where what is asked cannot be done.

    Findings that one cure mends are told as one.
    """
    from ..rules.joined import joined

    report = _run(request)
    return report._replace(files=tuple(map(joined, report.files)))


def _run(request: LintRequest) -> LintReport:
    from ..rules.run import LintReport

    paths = lint_files(request)
    overall = lint_config(request, os.curdir).values
    if overall["context"] is not None and not os.path.isdir(overall["context"]):
        raise InputError(f"--context {overall['context']}: no such directory")
    if request.diff_base is not None:
        from ..rules.changed import check_revision

        check_revision(request.diff_base, [called(path, request) for path in paths])
    if request.jobs > 1 and len(paths) > 1:
        from concurrent.futures import ProcessPoolExecutor

        shares = [request._replace(paths=paths[start :: request.jobs], jobs=1) for start in range(request.jobs)]
        with ProcessPoolExecutor(request.jobs) as pool:
            by_path = {file.path: file for files in pool.map(_lint_share, shares) for file in files}
        files = [by_path[path] for path in paths]
    else:
        files = _lint_share(request._replace(paths=paths))
    gone, accepted = 0, 0
    if request.baseline is not None:
        files, gone, accepted = _baselined(request, request.baseline, files)
    fail_on = overall["fail-on"]
    return LintReport(tuple(files), None if fail_on == "never" else fail_on, gone, accepted)


def _lint_share(request: LintRequest) -> list[FileReport]:
    from ..rules.files import Contexts

    contexts = Contexts()
    return [_linted(path, request, contexts) for path in request.paths]


def _linted(path: str, request: LintRequest, contexts: Contexts) -> FileReport:
    from ..analyzer.dockerfile import parse
    from ..config import rules_of
    from ..rules.run import FileReport, lint

    try:
        source, config = one = opened(path, request)
        rules, cure = rules_of(config, source.path), _cure(config)
        settings = one.settings(rules, comments=request.comments, cures=cure is not None)
    except InputError as error:
        return FileReport(called(path, request), None, failure=str(error))
    report = lint(parse(source), rules, one.context(contexts), settings, cure)
    report = report._replace(others=_others(report), judged=_judged(request, rules, settings))
    if request.diff_base is None:
        return report
    from ..rules.changed import on_changed_lines

    return on_changed_lines(report, request.diff_base)


# The options of one run that leave findings out.
_NARROWING = ("select", "ignore", "per-file-ignores", "severity", "confidence")


def _judged(request: LintRequest, rules: tuple[LoadedRule, ...], settings: Settings) -> frozenset[str] | None:
    """The rules all of whose findings a run tells, None for all rules: options may leave some out for once."""
    narrowed = [name for name in _NARROWING if request.values.get(name)]
    if request.baseline is None or not narrowed:
        return None
    if "confidence" in narrowed:
        return frozenset()
    from ..rules.rule import SEVERITIES

    grave = SEVERITIES[SEVERITIES.index(settings.severity) :]
    return frozenset(one.name for one in rules if (settings.severities.get(one.name) or one.rule.severity) in grave)


def _others(report: FileReport) -> dict[str, SourceFile]:
    """The files besides the linted one that fixes edit, of those that there are."""
    paths = {path for one in report.diagnostics if one.fix is not None for path in one.fix.edits} - {report.path}
    return {path: decode(path, read_regular(path)) for path in sorted(paths) if os.path.exists(path)}


# The forms of output that hold what `dcache fix` would do.
_WITH_FIXES = frozenset({"json", "json-lines", "lsp", "sarif"})


def _cure(config: Config) -> Cure | None:
    if config.values["output-format"] not in _WITH_FIXES:
        return None
    from ..fixers.fix import cure
    from ..fixers.gains import with_gains

    return with_gains(cure(unsafe=True))


def _baselined(request: LintRequest, path: str, files: list[FileReport]) -> tuple[list[FileReport], int, int]:
    """The reports without what the baseline accepts, how much of it is found no more, and how much it holds else.

    The baseline is written if asked.
    """
    import json

    from ..rules.baseline import accepting, to_document, without

    folder = os.path.dirname(path)
    known = _baseline(path, request)
    if request.baseline_change == "write":
        known = accepting(files, known, folder)
    left, gone = without(files, known, folder)
    if request.baseline_change == "shrink":
        known -= gone
    if request.baseline_change is not None:
        write_file((json.dumps(to_document(known), indent=2) + "\n").encode(), path)
    accepted = known.total() - (gone.total() if request.baseline_change is None else 0)
    some = request.baseline_change is not None or request.diff_base is not None
    return left, 0 if some else gone.total(), accepted


def _baseline(path: str, request: LintRequest) -> Counter[Entry]:
    """What a baseline holds, nothing where it is about to be made; InputError where it cannot be read."""
    import json
    from collections import Counter

    from ..rules.baseline import from_document
    from ..schemas import violation

    if request.baseline_change == "write" and not os.path.isfile(path):
        return Counter()
    try:
        with open(path, "rb") as file:
            document = json.load(file)
    except OSError as error:
        raise InputError(f"--baseline {path}: {error.strerror}; write it with --write-baseline") from None
    except (ValueError, RecursionError):
        raise InputError(f"--baseline {path}: not JSON; delete it, and write it anew with --write-baseline") from None
    wrong = violation("baseline", document)
    if wrong:
        raise InputError(f"--baseline {path}: {wrong}; delete it, and write it anew with --write-baseline")
    return from_document(document)


def write_ignores(request: LintRequest) -> Iterator[tuple[str, int]]:
    """Write comments that ignore what is found; each file that changed, and how many comments it got."""
    from ..rules.add_ignores import with_ignores

    for file in _run(request).files:
        if file.source is not None and file.diagnostics and file.path != "-":
            edited, count = with_ignores(file.source, file.diagnostics)
            if count:
                write_file(edited.encode(), os.path.realpath(file.path))
                yield file.path, count
