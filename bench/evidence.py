"""Writes docs/evidence.md: what dcache was held against, on which engine, and how many of its verdicts were wrong.

    PYTHONPATH=tests .venv/bin/python bench/evidence.py

The rows of recorded cases are computed from corpus/, without an engine. Those of live engines are the newest lines of
bench/figures.jsonl, which runs append to: `DCACHE_FIGURES=bench/figures.jsonl` before any command of the table.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from conformance.cases import CONTRIBUTED, GENERATED, RECORDED, Case, load
from conformance.compared import Outcome, docker_cases, explained, of_docker, of_recorded, of_stub_world

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "bench" / "figures.jsonl"
PAGE = ROOT / "docs" / "evidence.md"
COUNTS = ("builds", "steps", "hit", "miss", "depends", "explained", "wrong")
OFFLINE = ".venv/bin/pytest tests/conformance"
HEAD = """\
# Evidence

What dcache predicts, held against what engines did with the same builds. This page is written by
`PYTHONPATH=tests .venv/bin/python bench/evidence.py`; a test fails where it is not what that makes.

A *build* is one whose steps were compared; those before it, which filled the cache, are not counted, and FROM is no
step. A verdict is *wrong* where the engine did something that it rules out: it ran a step that was a `hit`, or took one
from the cache that was a `miss`. *Explained* are differences with a stated reason, at the end of this page.
"""
RECORDED_HEAD = """
## Recorded cases

Builds of [corpus/conformance/](../corpus/README.md), which engines ran once and every test run holds dcache against.
"""
LIVE_HEAD = """
## Live engines

The last run of each. In the stub world every build is made twice: with images in which a step that runs again makes
the same bytes, and with images in which it makes other bytes. `hit` and `miss` must be right in both. A history builds
each commit on a cache that holds the build of its parent; CLONE is a clone of the repository in its name. Logs of
builds are judged by the engine's own events: `wrong` are steps of which `dcache explain --log` says something else.
"""
DIFFERENCES_HEAD = """
## Known differences

Where a recorded verdict is not the one that dcache gives, or an older engine refuses the build, and why.
"""


class Row(NamedTuple):
    """One line of the table; a count that is not there was not made."""

    what: str
    engine: str
    counts: dict[str, int]
    date: str
    repeat: str


def page(figures: str) -> str:
    """The whole page, from the lines of a figures file."""
    live = live_rows(figures)
    sections = ((RECORDED_HEAD, _table(recorded_rows())), (LIVE_HEAD, _table(live)), (DIFFERENCES_HEAD, _differences()))
    return HEAD + "".join(f"{head}\n{table}" for head, table in sections)


def recorded_rows() -> list[Row]:
    """A row for each file of recorded cases, computed now."""
    rows = [
        _recorded("buildkit-0.32.json", "BuildKit v0.32.2", load(RECORDED), of_recorded, {}),
        _recorded("engines.json", "dockerd 28.5.2, BuildKit v0.25.2", docker_cases(), of_docker, explained()),
    ]
    for path in (CONTRIBUTED, GENERATED):
        if path.exists():
            cases = load(path)
            engines = sorted({str(case["engine"]) for case in cases})
            rows.append(_recorded(path.name, "; ".join(engines), cases, of_stub_world, {}))
    return rows


def _recorded(
    name: str, engine: str, cases: list[Case], compare: Callable[[Case, Path], Outcome], reasons: dict[str, str]
) -> Row:
    seen: Counter[str] = Counter()
    wrong = told = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            outcome = compare(case, Path(folder) / str(case["id"]))
            seen.update(outcome.seen)
            if case["id"] in reasons:
                told += len(outcome.wrong)
            else:
                wrong += len(outcome.wrong)
    builds = sum(len(case["builds"]) if compare is of_docker else 1 for case in cases)
    steps = sum(seen.values())
    verdicts = {key: seen[key] for key in ("hit", "miss", "depends")}
    counts = {"builds": builds, "steps": steps, **verdicts, "explained": told, "wrong": wrong}
    return Row(f"{name}, {len(cases)} {'case' if len(cases) == 1 else 'cases'}", engine, counts, "always", OFFLINE)


def live_rows(figures: str) -> list[Row]:
    """The newest line of each kind of run and seed, in the order of their names."""
    newest: dict[tuple[str, str, int], dict[str, Any]] = {}
    for line in figures.splitlines():
        if line.strip():
            one: dict[str, Any] = json.loads(line)
            newest[one["what"], one.get("engine", ""), one.get("seed", 0)] = one
    return [_live(newest[key]) for key in sorted(newest)]


def _live(one: dict[str, Any]) -> Row:
    what = one["what"] + (f", seed {one['seed']}" if "seed" in one else "")
    what += f", {one['open']} steps left open by plain progress" if "open" in one else ""
    counts = {key: one[key] for key in COUNTS if key in one}
    return Row(what, one.get("engine", ""), counts, one.get("date", ""), one.get("repeat", ""))


def _table(rows: list[Row]) -> str:
    names = ("what", "engine", *COUNTS, "date", "repeat with")
    lines = [f"| {' | '.join(names)} |", f"|---|---|{'--:|' * len(COUNTS)}---|---|"]
    for row in rows:
        counts = [f"{row.counts.get(key, 0):,}" if key in row.counts or key == "explained" else "" for key in COUNTS]
        repeat = f"`{row.repeat}`" if row.repeat else ""
        lines.append(f"| {' | '.join((row.what, row.engine, *counts, row.date, repeat))} |")
    total = [f"**{sum(row.counts.get(key, 0) for row in rows):,}**" for key in COUNTS]
    lines.append(f"| **together** | | {' | '.join(total)} | | |")
    return "\n".join(lines) + "\n"


def _differences() -> str:
    older = RECORDED.with_name("buildkit-0.25.json")
    same: dict[tuple[str, str], list[str]] = {("engines.json", reason): [name] for name, reason in explained().items()}
    for case in load(older):
        same.setdefault((older.name, f"refused before {case['until']}: {case['reason']}"), []).append(case["id"])
    rows = [f"| {name} | {', '.join(ids)} | {reason} |" for (name, reason), ids in same.items()]
    return "\n".join(["| file | cases | reason |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(FIGURES.read_text(encoding="utf-8")), encoding="utf-8")
