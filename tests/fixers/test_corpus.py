"""All cures over real Dockerfiles: nothing is refused afterwards, nothing new is found, all settle, and each pair does.

Without DCACHE_CORPUS these tests are skipped.
"""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.graph import BuildError, BuildGraph, build_graph
from dcache.analyzer.source import SourceFile, decode
from dcache.fixers.apply import Files, Fixed, fix_file
from dcache.fixers.fix import curable, cure
from dcache.rules.catalogue import chosen, rules
from dcache.rules.facts import OpenContext, default_plan
from dcache.rules.run import Settings, lint
from dcache.rules.silence import is_buildkit
from engines.contexts import context_files
from rules.conftest import build_context

from .conftest import KNOWS_EVERYTHING, FixText

CORPUS = os.environ.get("DCACHE_CORPUS", "")
PARTS = 12
# Each file of a corpus of its size is tried with a context once in so many times: it costs more.
EVERY = 3
PATH = "Dockerfile"

_official = importlib.import_module("dockerfile")
_officially = cast(Callable[[str], object], _official.parse_string)
_Refused = cast(type[Exception], _official.GoParseError)

pytestmark = pytest.mark.skipif(not CORPUS, reason="DCACHE_CORPUS does not name the folder of the corpus")


class Project(NamedTuple):
    """A Dockerfile of the corpus, and a context that its copies fit, None where none is known."""

    name: str
    text: str
    context: Mapping[str, str] | None = None


@cache
def projects() -> tuple[Project, ...]:
    """The files that the official parser and the reader take."""
    found = (decode(path.name, path.read_bytes()) for path in sorted(Path(CORPUS, "dockerfiles").iterdir()))
    return tuple(Project(one.path, one.text) for one in found if not refusals(one.text))


def refusals(text: str) -> list[str]:
    """Why the official parser, the reader or the graph refuses a text."""
    read = parse(SourceFile(PATH, text))
    found = [one.message for one in read.problems]
    try:
        _officially(text)
    except _Refused as error:
        found.append(str(error))
    return found


def graph_of(text: str) -> BuildGraph | BuildError:
    """The graph of a text with default options, or why there is none."""
    try:
        return build_graph(default_plan(parse(SourceFile(PATH, text))))
    except BuildError as error:
        return error


@cache
def buildkit() -> tuple[str, ...]:
    """The rules that are checks of BuildKit's."""
    return tuple(rule.name for rule in rules() if is_buildkit(rule.rule.aliases))


def complaints(text: str) -> Counter[tuple[str, str]]:
    """What BuildKit's checks say of a text: how often each says what."""
    report = lint(parse(SourceFile(PATH, text)), chosen(buildkit()), settings=Settings("low"))
    return Counter((one.rule, one.message) for one in report.diagnostics)


def with_context(project: Project) -> Project:
    """A Dockerfile with a context that all it copies is in, itself among the rest."""
    graph = graph_of(project.text)
    files = {} if isinstance(graph, BuildError) else context_files(graph)
    return project._replace(context={**files, PATH: project.text})


def faults(project: Project, fixed: Fixed, again: Callable[[str, Mapping[str, str] | None], Fixed]) -> list[str]:
    """What is wrong with what fixes made of a file."""
    found = [crash.trace for crash in fixed.report.crashes]
    found += [f"{one.found.rule} was withdrawn: {one.fix.title}: {one.why}" for one in fixed.withdrawn]
    if not fixed.settled:
        found.append("it never settles: " + ", ".join(one.found.rule for one in fixed.applied[-6:]))
    text = fixed.texts.get(PATH, project.text)
    if text != project.text:
        found += refusals(text)
        graph = graph_of(text)
        if isinstance(graph, BuildError) and not isinstance(graph_of(project.text), BuildError):
            found.append(graph.message)
        found += [f"new: {rule}: {message}" for rule, message in complaints(text) - complaints(project.text)]
    if fixed.texts:
        context = None if project.context is None else {**project.context, **fixed.texts}
        found += [f"{one.found.rule} changes it again: {one.fix.title}" for one in again(text, context).applied]
    return found


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", ["safe", "unsafe", "context"])
def test_cures_leave_files_that_build(
    mode: str, part: int, fix_text: FixText, record_property: Callable[[str, object], None]
) -> None:
    names = curable()

    def fix(text: str, context: Mapping[str, str] | None) -> Fixed:
        return fix_text(text, *names, context=context, unsafe=mode != "safe")

    files = projects()[part::PARTS]
    if mode == "context":
        files = tuple(map(with_context, files[::EVERY]))
    cured: Counter[str] = Counter()
    wrong: list[str] = []
    for project in files:
        fixed = fix(project.text, project.context)
        cured.update(one.found.rule for one in fixed.applied)
        wrong += [f"{project.name}: {fault}" for fault in faults(project, fixed, fix)]
    record_property("files", len(files))
    record_property("fixes", dict(cured))
    assert wrong == []
    assert cured


def occurrences() -> dict[tuple[str, str], Project]:
    """For each pair of cures that have fixes in one file, the shortest such file."""
    offered = chosen(curable())
    found: dict[tuple[str, str], Project] = {}
    plain = sorted(projects(), key=lambda one: len(one.text))
    for project in (*plain, *map(with_context, plain[::EVERY])):
        opened = opener(project)
        settings = Settings("low", pins=KNOWS_EVERYTHING)
        report = lint(parse(SourceFile(PATH, project.text)), offered, opened, settings, cure(unsafe=True))
        there = sorted({one.rule for one in report.diagnostics if one.fix is not None})
        for pair in combinations(there, 2):
            found.setdefault(pair, project)
    return found


def opener(project: Project) -> OpenContext | None:
    """What opens the context of a project."""
    context = project.context
    return None if context is None else lambda: build_context(context)


def together(pair: Sequence[str], project: Project) -> Fixed:
    """What two cures make of a file, the first one chosen first."""
    context = project.context or {}
    by_name = {rule.name: rule for rule in chosen(pair)}

    def there(path: str) -> str:
        return context.get(path, "")

    def opened(texts: Mapping[str, str]) -> OpenContext | None:
        return None if project.context is None else opener(project._replace(context={**context, **texts}))

    return fix_file(
        SourceFile(PATH, project.text),
        [by_name[name] for name in pair],
        Files(there, opened),
        Settings("low", pins=KNOWS_EVERYTHING),
        unsafe=True,
    )


def test_each_pair_of_cures_converges(record_property: Callable[[str, object], None]) -> None:
    pairs = occurrences()
    wrong: list[str] = []
    for (one, other), project in pairs.items():
        first, second = together((one, other), project), together((other, one), project)
        where = f"{project.name}: {one}, {other}"
        wrong += [f"{where}: {each.found.rule} was withdrawn: {each.why}" for each in first.withdrawn]
        if not (first.settled and second.settled):
            wrong.append(f"{where}: never still")
        if first.texts != second.texts:
            wrong.append(f"{where}: the order of selection matters")
    record_property("pairs", len(pairs))
    assert wrong == []
    assert len(pairs) > len(curable())
