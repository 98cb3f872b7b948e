"""Runs rules over one Dockerfile, and gathers what they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ..analyzer.dockerfile.syntax import Dockerfile, Instruction, Stage
from ..analyzer.graph import BuildError
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import Lock
from ..analyzer.plans import BuildPlan
from ..analyzer.source import SourceFile
from ..analyzer.typing import Any
from .catalogue import LoadedRule, aliases, known_names, rules, words
from .comments import Comment, comments, raises_errors
from .facts import NO_PINS, Facts, OpenContext, OpenCosts, default_plan
from .rule import CONFIDENCES, SEVERITIES, Confidence, Diagnostic, Fix, Severity
from .silence import Ignores, is_buildkit, silenced


class Crash(NamedTuple):
    """A rule that failed on a file: a fault of ours; `trace` is the traceback."""

    rule: str
    trace: str


class FileReport(NamedTuple):
    """What was found in one file. `source` is None where it could not be read; `failure` says why, in one line.

    `refusal` is why the engine would refuse the build: rules that need its graph are silent then. `others` are the
    files besides this one, of those that there are, that fixes of the findings edit. `judged` are the rules whose
    findings are all told, None where no option of this run left any out.
    """

    path: str
    source: SourceFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: str | None = None
    refusal: BuildError | None = None
    crashes: tuple[Crash, ...] = ()
    others: Mapping[str, SourceFile] = {}
    judged: frozenset[str] | None = None

    @property
    def status(self) -> int:
        """The exit status without regard to findings: 0, 2 unreadable or refused, 3 a fault of ours."""
        return 3 if self.crashes else 2 if self.failure or self.refusal else 0

    @property
    def unsaid(self) -> BuildError | None:
        """The refusal, where no finding says it already."""
        return None if any(one.rule == "correctness/syntax-error" for one in self.diagnostics) else self.refusal


class LintReport(NamedTuple):
    """The reports of all files, in order. Findings below `fail_on` do not fail a run; None: no finding does.

    A baseline has `accepted` so many findings, and `gone` counts those in it that are found no more.
    """

    files: tuple[FileReport, ...]
    fail_on: Severity | None = "info"
    gone: int = 0
    accepted: int = 0

    @property
    def status(self) -> int:
        """The exit status: 0 clean, 1 findings, 2 unreadable or refused input, 3 a fault of ours."""
        worst = max((file.status for file in self.files), default=0)
        if worst or self.fail_on is None:
            return worst
        least = SEVERITIES.index(self.fail_on)
        return int(
            any(SEVERITIES.index(one.severity or "info") >= least for file in self.files for one in file.diagnostics)
        )


class Settings(NamedTuple):
    """How rules are run: nothing less sure than `confidence` or less grave than `severity` is reported.

    `severities` and `options` are those of rules by name, where they are not their own. Without `comments`, no comment
    silences anything. `pins` are what cures may write in the place of names that move, `costs` opens the durations of
    the file's steps that are kept.
    """

    confidence: Confidence = "medium"
    severity: Severity = "info"
    severities: Mapping[str, Severity] = {}
    options: Mapping[str, Any] = {}
    comments: bool = True
    pins: Lock = NO_PINS
    costs: OpenCosts | None = None


DEFAULT_SETTINGS = Settings()

# What gives a finding its fix, None for none.
Cure = Callable[[Diagnostic, Facts], Fix | None]


def lint(
    dockerfile: Dockerfile,
    chosen: Sequence[LoadedRule],
    open_context: OpenContext | None = None,
    settings: Settings = DEFAULT_SETTINGS,
    cure: Cure | None = None,
) -> FileReport:
    """What the chosen rules find in one Dockerfile, in the order of the text, each with the fix that `cure` has."""
    see = Facts(dockerfile, open_context, settings.pins, settings.costs)
    crashes: list[Crash] = []
    found = list(_found((one for one in chosen if one.subject is not Ignores), see, None, settings, crashes))
    asked = comments(dockerfile) if settings.comments else ()
    if asked:
        found = _after_comments(found, asked, chosen, see, settings, crashes)
    if dockerfile.directives and raises_errors(dockerfile):
        known = aliases()
        found = [one._replace(severity="error") if is_buildkit(known.get(one.rule, ())) else one for one in found]
    least = SEVERITIES.index(settings.severity)
    if least:
        found = [one for one in found if SEVERITIES.index(one.severity or "info") >= least]
    found.sort(key=lambda one: (one.primary, one.rule))
    if cure is not None:
        found = [_cured(one, cure, see, crashes) for one in found]
    failure = see.tool_error if see.context_error is None else str(see.context_error)
    return FileReport(dockerfile.source.path, dockerfile.source, tuple(found), failure, _refusal(see), tuple(crashes))


def _cured(one: Diagnostic, cure: Cure, see: Facts, crashes: list[Crash]) -> Diagnostic:
    try:
        return one._replace(fix=cure(one, see))
    except Exception:
        import traceback

        crashes.append(Crash(f"{one.rule} (its fix)", traceback.format_exc()))
        return one


def _after_comments(
    found: list[Diagnostic],
    asked: tuple[Comment, ...],
    chosen: Sequence[LoadedRule],
    see: Facts,
    settings: Settings,
    crashes: list[Crash],
) -> list[Diagnostic]:
    """What the comments of the file leave, and what there is to say about the comments."""
    left, used = silenced(found, asked, aliases())
    late = [one for one in chosen if one.subject is Ignores]
    if not late:
        return left
    missed = _missed(chosen)
    ran = frozenset(name.lower() for one in chosen for name in (*one.names, "")) - missed
    about = _found(late, see, Ignores(asked, used, ran, known_names()), settings, crashes)
    files = tuple(comment for comment in asked if comment.scope is None)
    return left + silenced(about, files, aliases())[0]


def _missed(chosen: Sequence[LoadedRule]) -> frozenset[str]:
    """The names that mean a rule which did not run though it is on by default; "" means any."""
    names = {one.name for one in chosen}
    missed = [one for one in rules() if one.rule.default and one.name not in names]
    return frozenset(name.lower() for one in missed for name in (*one.names, ""))


def _refusal(see: Facts) -> BuildError | None:
    if see.refusal is not None or not see.dockerfile.problems:
        return see.refusal
    first = see.dockerfile.problems[0]
    refusal = BuildError(first.message, first.span)
    refusal.source = see.dockerfile.source
    return refusal


def _found(
    chosen: Iterable[LoadedRule], see: Facts, ignores: Ignores | None, settings: Settings, crashes: list[Crash]
) -> Iterator[Diagnostic]:
    lowest = CONFIDENCES.index(settings.confidence)
    text = see.source.lower()
    present = frozenset(word for word in words() if word in text)
    stages = len(see.dockerfile.stages)
    for one in chosen:
        rule = one.rule
        if rule.stages > stages or (rule.words and present.isdisjoint(rule.words)):
            continue
        if rule.optional and one.name not in settings.options:
            continue
        try:
            subjects = _subjects(one, see, ignores)
            if not subjects:
                continue
            severity = settings.severities.get(one.name)
            extra = (settings.options.get(one.name) or one.options,) if one.has_options else ()
            check = one.function
            for subject in subjects:
                for diagnostic in check(subject, see, *extra):
                    if CONFIDENCES.index(diagnostic.confidence) >= lowest:
                        grave = severity or diagnostic.severity or rule.severity
                        yield diagnostic._replace(rule=one.name, severity=grave)
        except Exception:
            import traceback

            crashes.append(Crash(one.name, traceback.format_exc()))


def _subjects(one: LoadedRule, see: Facts, ignores: Ignores | None) -> Collection[object]:
    kind = one.subject
    if kind is Instruction:
        return see.instructions(one.rule.on)
    if kind is Stage:
        return see.dockerfile.stages
    if kind is Dockerfile:
        return (see.dockerfile,)
    if kind is BuildPlan:
        return (default_plan(see.dockerfile),)
    if kind is Ignores:
        return () if ignores is None else (ignores,)
    return () if see.graph is None else (see.graph,)
