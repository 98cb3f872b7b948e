"""Finds the rules, runs those that are chosen over one Dockerfile, and gathers what they say.

A rule is a module `<theme>/<rule>.py` with `RULE` and `check`; the annotation of `check`'s first parameter says what it
is called with, and so what has to be built for it: Instruction, Stage, Dockerfile, BuildPlan or BuildGraph.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from ..analyzer.dockerfile.syntax import Dockerfile, Instruction, Stage
from ..analyzer.graph import BuildError, BuildGraph
from ..analyzer.plans import BuildPlan
from ..analyzer.source import SourceFile
from .facts import Facts, OpenContext, default_plan
from .rule import CONFIDENCES, Confidence, Diagnostic, Rule

SUBJECTS: tuple[type, ...] = (Instruction, Stage, Dockerfile, BuildPlan, BuildGraph)
"""What a rule can look at, the cheapest first."""


class LoadedRule(NamedTuple):
    """A rule as found: its name, what it looks at, and its function."""

    name: str
    rule: Rule
    subject: type
    check: Callable[[Any, Facts], Iterator[Diagnostic]]
    module: ModuleType


class Crash(NamedTuple):
    """A rule that failed on a file: a fault of ours; `trace` is the traceback."""

    rule: str
    trace: str


class FileReport(NamedTuple):
    """What was found in one file. `source` is None where it could not be read; `failure` says why, in one line.

    `refusal` is why the engine would refuse the build: rules that need its graph are silent then.
    """

    path: str
    source: SourceFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: str | None = None
    refusal: BuildError | None = None
    crashes: tuple[Crash, ...] = ()


class LintRequest(NamedTuple):
    """What `dcache lint` is asked. `context` is the build context of all files, None: the directory of each."""

    paths: tuple[str, ...] = (".",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    context: str | None = None
    confidence: Confidence = "medium"
    stdin: bytes | None = None


class LintReport(NamedTuple):
    """The reports of all files, in order, and the severities of the rules."""

    files: tuple[FileReport, ...]

    @property
    def status(self) -> int:
        """The exit status: 0 clean, 1 findings, 2 unreadable or refused input, 3 a fault of ours."""
        if any(file.crashes for file in self.files):
            return 3
        if any(file.failure or file.refusal for file in self.files):
            return 2
        return 1 if any(file.diagnostics for file in self.files) else 0


class UnknownRule(Exception):
    """A name that is neither a rule nor a theme; the message is one line."""


# Finding rules -------------------------------------------------------------------------------------------------


@cache
def rules() -> tuple[LoadedRule, ...]:
    """All rules, by name."""
    folder = os.path.dirname(__file__)
    found: list[LoadedRule] = []
    for theme in sorted(os.listdir(folder)):
        path = os.path.join(folder, theme)
        if theme.startswith(("_", ".")) or not os.path.isdir(path):
            continue
        for file in sorted(os.listdir(path)):
            stem, extension = os.path.splitext(file)
            if extension == ".py" and not stem.startswith("_"):
                module = import_module(f".{theme}.{stem}", __package__)
                found.append(loaded(f"{theme}/{stem.replace('_', '-')}", module))
    return tuple(found)


def loaded(name: str, module: ModuleType) -> LoadedRule:
    """The rule in a module; TypeError where it has none or looks at something unknown."""
    rule = getattr(module, "RULE", None)
    check = getattr(module, "check", None)
    if not isinstance(rule, Rule) or check is None:
        raise TypeError(f"rule {name}: the module needs RULE = Rule(…) and a function check")
    annotation = next(iter(check.__annotations__.values()), None)
    subject = getattr(module, annotation, None) if isinstance(annotation, str) else annotation
    if subject not in SUBJECTS:
        allowed = ", ".join(one.__name__ for one in SUBJECTS)
        raise TypeError(f"rule {name}: check's first parameter is {annotation}; it can be one of {allowed}")
    return LoadedRule(name, rule, subject, check, module)


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[LoadedRule, ...]:
    """The rules that names of rules or themes select, all where none does, less those ignored; UnknownRule."""
    selected, ignored = tuple(select), tuple(ignore)
    every = rules()
    known = {rule.name for rule in every} | {rule.name.partition("/")[0] for rule in every}
    for name in (*selected, *ignored):
        if name not in known:
            raise UnknownRule(_unknown(name, known))
    return tuple(rule for rule in every if (not selected or _named(rule, selected)) and not _named(rule, ignored))


def _named(rule: LoadedRule, names: tuple[str, ...]) -> bool:
    return rule.name in names or rule.name.partition("/")[0] in names


def _unknown(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), 1, 0.5)
    hint = (
        f"did you mean `{close[0]}`?"
        if close
        else f"the themes are {', '.join(sorted(k for k in known if '/' not in k))}"
    )
    return f"`{name}` is neither a rule nor a theme; {hint}"


# Running them --------------------------------------------------------------------------------------------------


def lint(
    dockerfile: Dockerfile,
    chosen_rules: Iterable[LoadedRule],
    open_context: OpenContext | None = None,
    confidence: Confidence = "medium",
) -> FileReport:
    """What the rules find in one Dockerfile, in the order of the text; nothing less sure than `confidence`."""
    see = Facts(dockerfile, open_context)
    lowest = CONFIDENCES.index(confidence)
    found: list[Diagnostic] = []
    crashes: list[Crash] = []
    for one in chosen_rules:
        try:
            for diagnostic in _checked(one, see):
                if CONFIDENCES.index(diagnostic.confidence) >= lowest:
                    found.append(diagnostic._replace(rule=one.name, severity=diagnostic.severity or one.rule.severity))
        except Exception:
            import traceback

            crashes.append(Crash(one.name, traceback.format_exc()))
    refusal = see.refusal
    if refusal is None and dockerfile.problems:
        first = dockerfile.problems[0]
        refusal = BuildError(first.message, first.span)
        refusal.source = dockerfile.source
    failure = None if see.context_error is None else str(see.context_error)
    found.sort(key=lambda one: (one.primary, one.rule))
    return FileReport(dockerfile.source.path, dockerfile.source, tuple(found), failure, refusal, tuple(crashes))


def _checked(one: LoadedRule, see: Facts) -> Iterator[Diagnostic]:
    for subject in _subjects(one.subject, see):
        yield from one.check(subject, see)


def _subjects(kind: type, see: Facts) -> Iterator[object]:
    dockerfile = see.dockerfile
    if kind is Instruction:
        for stage in dockerfile.stages:
            yield from stage.instructions
    elif kind is Stage:
        yield from dockerfile.stages
    elif kind is Dockerfile:
        yield dockerfile
    elif kind is BuildPlan:
        yield default_plan(dockerfile)
    elif see.graph is not None:
        yield see.graph
