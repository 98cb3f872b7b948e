"""A generated example that is saved as a case is the same build: dcache says the same of both."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from conformance.compared import of_stub_world
from engines.saved import case
from engines.strategies import example
from engines.truth import Judgement, predicted
from engines.world import Done


@pytest.mark.parametrize("seed", range(12))
def test_what_is_predicted_of_a_case_is_what_is_predicted_of_the_example(seed: int, tmp_path: Path) -> None:
    made = example(random.Random(seed))
    last = predicted(made, tmp_path / "example")[-1]
    steps = {(p.step.label, p.step.number): p for p in last if p.step.number and p.step.used}
    named = {key: p for key, p in steps.items() if not p.step.text.startswith("FROM ")}
    stable = {key: Done(p.step.text, p.best == "miss") for key, p in named.items()}
    fresh = {key: Done(p.step.text, p.worst == "miss") for key, p in named.items()}
    judgement = Judgement((), (), Counter(), {"stable": (stable,) * 3, "fresh": (fresh,) * 3})
    outcome = of_stub_world(case(made, judgement), tmp_path / "case")
    assert outcome.wrong == ()
    assert sum(outcome.seen.values()) == len(named)
