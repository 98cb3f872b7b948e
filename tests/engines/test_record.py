"""A case recorded by the contributors' command is the one that stands in the corpus, and dcache agrees with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cases import CONTRIBUTED, GENERATED, RECORDED, Case, lay, load
from engines.rebuild import rebuilt
from engines.record import added, files, main, record, shown
from engines.world import MODES, Engine

EXAMPLE = RECORDED.parents[1] / "example"
CASES = load(CONTRIBUTED) + load(GENERATED)


@pytest.mark.engine
def test_the_example_is_recorded_as_it_stands_in_the_corpus(engine: Engine) -> None:
    recording = record(engine, EXAMPLE, "example", {})
    known = next(case for case in CASES if case["id"] == "example")
    assert {**known, **recording.case, "engine": known["engine"]} == known
    assert all(row.right for row in recording.rows), shown(recording)


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_contributed_cases_are_built_again(case: Case, engine: Engine, tmp_path: Path) -> None:
    for mode, status in zip(MODES, ("status", "fresh"), strict=True):
        steps = rebuilt(engine, case, tmp_path / mode, mode=mode)
        assert ["ran" if done.ran else "hit" for _, done in sorted(steps.items())] == [
            step[status] for step in case["steps"]
        ]


def test_a_directory_is_held_as_a_case_lays_it(tmp_path: Path) -> None:
    known: Case = {
        "closed": {"dir": True, "mode": "700"},
        "closed/run": {"text": "#!\r\n", "mode": "755"},
        "empty": {"dir": True, "mode": "755"},
        "link": {"link": "nowhere"},
        "plain/a": {"text": "é", "mode": "644"},
        "plain/b": {"base64": "/wA=", "mode": "600"},
    }
    (tmp_path / "made").mkdir()
    lay(tmp_path / "made", known)
    assert files(tmp_path / "made") == known


def test_what_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "before").mkdir()
    assert main([str(tmp_path), "--name", "x"]) == 2
    assert capsys.readouterr().err == f"no directory {tmp_path / 'after'}\n"


def test_a_case_takes_the_place_of_the_one_with_its_id() -> None:
    text = added({"id": "b", "title": "old"}, "")
    text = added({"id": "b", "title": "é"}, added({"id": "a", "title": "one"}, text))
    assert [case["title"] for case in json.loads(text)["cases"]] == ["one", "é"]
    assert text.count("\n") == 5 and text.startswith('{"about": "')
