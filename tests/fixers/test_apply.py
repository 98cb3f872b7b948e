"""Rounds of fixes: what overlaps waits, what lies is withdrawn, what is not wanted stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from dcache.analyzer.dockerfile.syntax import Dockerfile
from dcache.analyzer.source import Edit, SourceFile, Span
from dcache.fixers import apply as applying
from dcache.fixers.apply import Accept, Files, Fixed, fix_file
from dcache.rules.catalogue import LoadedRule
from dcache.rules.facts import Facts
from dcache.rules.rule import Diagnostic, Fix, Rule
from dcache.rules.run import DEFAULT_SETTINGS, Cure

TEXT = "FROM a:1\nRUN one\nRUN two\nRUN three\n"


def rule(name: str, pattern: str) -> LoadedRule:
    """A rule that reports every match of a pattern."""

    def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
        for match in re.finditer(pattern, see.source):
            yield Diagnostic(Span(*match.span()), f"`{match[0]}`", "it costs", "mend it")

    return LoadedRule(name, Rule("x", "info"), Dockerfile, check)


def replaced(new: str, *, safe: bool = True, around: int = 0) -> Cure:
    """A cure that puts a text in the place of what was found, and of some characters around it."""

    def cure(found: Diagnostic, see: Facts) -> Fix:
        start, end = found.primary.start - around, found.primary.end + around
        return Fix(f"write `{new}`", safe, {see.path: (Edit(Span(start, end), new),)})

    return cure


def fixed(
    monkeypatch: pytest.MonkeyPatch,
    cures: Mapping[str, tuple[str, Cure]],
    text: str = TEXT,
    accept: Accept = lambda _found, _fix, _texts: True,
    files: Mapping[str, str] | None = None,
) -> Fixed:
    """What cures make of a text; each has the pattern that it is for, by the name of its rule."""

    def cure(*, unsafe: bool) -> Cure:
        return lambda found, see: cures[found.rule][1](found, see)

    monkeypatch.setattr(applying, "cure", cure)
    rules = tuple(rule(name, pattern) for name, (pattern, _) in cures.items())
    there = dict(files or {})

    def read(path: str) -> str:
        return there.get(path, "")

    def opened(texts: Mapping[str, str]) -> None:
        return None

    return fix_file(SourceFile("Dockerfile", text), rules, Files(read, opened), DEFAULT_SETTINGS, accept=accept)


def test_fixes_apart_are_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("one", replaced("1")), "x/b": ("three", replaced("3"))})
    assert ended.texts == {"Dockerfile": "FROM a:1\nRUN 1\nRUN two\nRUN 3\n"}
    assert [one.found.rule for one in ended.applied] == ["x/a", "x/b"]
    assert {one.source.text for one in ended.applied} == {TEXT}
    assert ended.settled


def test_fixes_that_overlap_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("RUN two", replaced("RUN second")), "x/b": ("two|second", replaced("2"))})
    assert ended.texts == {"Dockerfile": TEXT.replace("two", "2")}
    assert [one.found.rule for one in ended.applied] == ["x/a", "x/b"]


def test_fixes_that_touch_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("RUN (?=two)", replaced("RUN  ")), "x/b": ("two", replaced("2"))})
    assert ended.texts == {"Dockerfile": TEXT.replace("RUN two", "RUN  2")}


def waiting(new: str) -> Cure:
    """A cure that waits for others of its row."""
    inner = replaced(new)

    def cure(found: Diagnostic, see: Facts) -> Fix | None:
        fix, start = inner(found, see), see.source.rfind("\n", 0, found.primary.start) + 1
        return None if fix is None else fix._replace(waits_for=Span(start, see.source.index("\n", start)))

    return cure


def test_what_another_fix_of_the_place_cures_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"x/a": ("RUN(?= two)", waiting("run")), "x/b": ("two", replaced("2"))}
    ended = fixed(monkeypatch, both)
    assert ended.texts == {"Dockerfile": TEXT.replace("two", "2")} and len(ended.applied) == 1
    ended = fixed(monkeypatch, both, accept=lambda found, _fix, _texts: found.rule == "x/a")
    assert ended.texts == {"Dockerfile": TEXT.replace("RUN two", "run two")}


def test_what_waits_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("RUN(?= (?:two|2))", waiting("run")), "x/b": ("two", replaced("2"))})
    assert ended.texts == {"Dockerfile": TEXT.replace("RUN two", "run 2")}
    assert [one.found.rule for one in ended.applied] == ["x/b", "x/a"]


def test_what_waits_does_not_wait_for_its_like(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"FROM a:1\nRUN {' '.join(['x', 'y'] * 12)}\n"
    ended = fixed(monkeypatch, {"x/a": ("x", waiting("1")), "x/b": ("y", waiting("2"))}, text)
    assert ended.texts == {"Dockerfile": text.replace("x", "1").replace("y", "2")} and ended.settled


def test_what_waits_does_not_wait_for_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    cures = {"x/a": ("two", waiting("2")), "x/b": ("one", replaced("1")), "x/c": ("three", replaced("3"))}
    ended = fixed(monkeypatch, cures)
    assert ended.texts == {"Dockerfile": "FROM a:1\nRUN 1\nRUN 2\nRUN 3\n"}
    assert {one.source.text for one in ended.applied} == {TEXT}


def test_what_breaks_its_neighbour_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("two", replaced("two \\")), "x/b": ("one", replaced("1"))})
    assert ended.texts == {"Dockerfile": TEXT.replace("one", "1")}
    (lost,) = ended.withdrawn
    assert lost.found.rule == "x/a" and "read differently" in lost.why


def test_what_changes_nothing_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("two", replaced("two"))})
    assert not ended.texts and "changes nothing" in ended.withdrawn[0].why


def test_an_endless_chain_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("two", replaced("two two"))}, "FROM a:1\nRUN two\n")
    assert not ended.settled


def test_a_cycle_of_two_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("two", replaced("2")), "x/b": ("2", replaced("two"))})
    assert not ended.settled and len(ended.applied) == applying.ROUNDS


def test_what_is_not_wanted_stays_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def accept(found: Diagnostic, fix: Fix, texts: Mapping[str, str]) -> bool:
        asked.append(fix.title)
        assert texts == {"Dockerfile": TEXT if len(asked) < 3 else TEXT.replace("one", "1")}
        return fix.title == "write `1`"

    cures = {"x/a": ("one", replaced("1")), "x/b": ("three", replaced("3"))}
    ended = fixed(monkeypatch, cures, accept=accept)
    assert asked == ["write `1`", "write `3`"]
    assert ended.texts == {"Dockerfile": TEXT.replace("one", "1")}


def test_other_files_change_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def cure(found: Diagnostic, see: Facts) -> Fix:
        return Fix("do it", True, {see.path: (Edit(found.primary, "2"),), ".dockerignore": (Edit(Span(2, 2), "b\n"),)})

    ended = fixed(monkeypatch, {"x/a": ("two", cure)}, files={".dockerignore": "a\nc\n"})
    assert ended.texts == {"Dockerfile": TEXT.replace("two", "2"), ".dockerignore": "a\nb\nc\n"}


def test_a_cure_that_fails_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(found: Diagnostic, see: Facts) -> Fix:
        raise ZeroDivisionError

    ended = fixed(monkeypatch, {"x/a": ("one", broken), "x/b": ("three", replaced("3"))})
    assert ended.texts == {"Dockerfile": TEXT.replace("three", "3")}
    assert [crash.rule for crash in ended.report.crashes] == ["x/a (its fix)"]


def test_a_file_with_faults_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fixed(monkeypatch, {"x/a": ("one", replaced("1 \\"))}, "FROM a:1\nRUN one\nWHAT two\n")
    assert not ended.texts
