"""Recorded cases built again on the live engine: it must do what dcache predicts, or what is known of its version.

DCACHE_RECORDED says how many of them: every so manieth case is built, with those of a warm daemon and those that differ
by version; 1 means all.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from conformance.cases import RECORDED, Case, load, predicted
from engines.figures import engine_name, note
from engines.rebuild import BuildRefused, busybox, rebuilt
from engines.world import Engine

pytestmark = pytest.mark.engine

EVERY = int(os.environ.get("DCACHE_RECORDED", "6"))
# The cases in which the live engine, an older BuildKit, does something else than the recorded one.
OLDER = {str(case["id"]): case for case in load(RECORDED.with_name("buildkit-0.25.json"))}
CASES = [case for at, case in enumerate(load()) if at % EVERY == 0 or case.get("quirk") or case["id"] in OLDER]
counted: Counter[str] = Counter()


@pytest.fixture(scope="session")
def program(engine: Engine) -> bytes:
    """A static busybox, and the image of the recorded cases made of it."""
    return busybox(engine)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_live_engine_does_what_is_predicted(case: Case, engine: Engine, program: bytes, tmp_path: Path) -> None:
    known = OLDER.get(case["id"])
    if known and "refused" in known:
        with pytest.raises(BuildRefused, match=re.escape(known["refused"])):
            rebuilt(engine, case, tmp_path / "live", program)
        counted["explained"] += 1
        return
    steps = rebuilt(engine, case, tmp_path / "live", program)
    assert steps
    if known:
        found = {f"{label} {number}".strip(): "ran" if done.ran else "hit" for (label, number), done in steps.items()}
        assert found == known["steps"], known["reason"]
        return
    predictions = {(p.step.label, p.step.number): p for p in predicted(case, tmp_path / "predicted")}
    wrong: list[str] = []
    for key, done in sorted(steps.items()):
        truth, prediction = "miss" if done.ran else "hit", predictions.get(key)
        counted[prediction.verdict if prediction else "unpredicted"] += 1
        if prediction is None or truth not in (prediction.best, prediction.worst):
            said = f"{prediction.best}/{prediction.worst}" if prediction else "nothing"
            wrong.append(f"[{key[0]} {key[1]}] {done.text}: the engine says {truth}, predicted {said}")
    counted.update(builds=1, steps=len(steps), wrong=len(wrong))
    assert wrong == []


def test_the_figures_are_noted(engine: Engine) -> None:
    """Hands on what the cases above counted."""
    if not counted["builds"]:
        pytest.skip("no case was built in this process")
    keys = ("builds", "steps", "hit", "miss", "depends", "explained", "wrong")
    repeat = f"DCACHE_RECORDED={EVERY} .venv/bin/pytest -m engine tests/engines/test_live_conformance.py"
    note("recorded cases, built again", engine_name(engine), repeat, **{key: counted[key] for key in keys})
    assert not counted["unpredicted"]
