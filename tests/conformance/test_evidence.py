"""docs/evidence.md is what its generator makes of the committed figures."""

import json

import pytest

from evidence import FIGURES, PAGE, live_rows, page


def test_the_page_is_up_to_date() -> None:
    made = page(FIGURES.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == made, "run `PYTHONPATH=tests .venv/bin/python bench/evidence.py`"


def test_the_newest_line_of_a_run_counts() -> None:
    lines = [json.dumps({"what": "runs", "engine": "e", "builds": builds, "wrong": 0}) for builds in (1, 2)]
    assert [row.counts for row in live_rows("\n".join(lines))] == [{"builds": 2, "wrong": 0}]


def test_runs_with_other_seeds_are_other_runs() -> None:
    lines = [json.dumps({"what": "runs", "seed": seed, "builds": builds}) for seed, builds in ((1, 1), (2, 2), (1, 3))]
    rows = live_rows("\n".join(lines))
    assert [(row.what, row.counts["builds"]) for row in rows] == [("runs, seed 1", 3), ("runs, seed 2", 2)]


def test_what_plain_progress_left_open_is_said() -> None:
    (row,) = live_rows(json.dumps({"what": "logs", "builds": 1, "steps": 9, "open": 2, "wrong": 0}))
    assert row.what == "logs, 2 steps left open by plain progress"


@pytest.mark.parametrize("key", ["hit", "miss", "depends", "wrong", "date", "repeat", "engine"])
def test_a_line_may_lack_what_was_not_counted(key: str) -> None:
    line = {"what": "runs", "engine": "e", "hit": 1, "miss": 2, "depends": 3, "wrong": 0, "date": "d", "repeat": "r"}
    del line[key]
    (row,) = live_rows(json.dumps(line))
    assert row.what == "runs"


def test_no_verdict_is_wrong() -> None:
    wrong = [row.what for row in live_rows(FIGURES.read_text(encoding="utf-8")) if row.counts.get("wrong")]
    assert wrong == []
