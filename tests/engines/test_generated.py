"""Generated builds on the live engine: every step of every build but the first must be what dcache predicts.

DCACHE_GENERATED says how many builds, DCACHE_SEED which is the first.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from pathlib import Path

import pytest

from engines.strategies import example
from engines.truth import judge, show
from engines.world import Engine

pytestmark = pytest.mark.engine

SEED = int(os.environ.get("DCACHE_SEED", "1"))
SEEDS = range(SEED, SEED + int(os.environ.get("DCACHE_GENERATED", "60")))
# The share of steps that may be left open in vain, and of builds that the engine may refuse.
OPEN_SHARE = 0.05
REFUSED_SHARE = 0.25
counted: Counter[str] = Counter()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_step_is_predicted(seed: int, engine: Engine, tmp_path: Path) -> None:
    made = example(seed)
    judgement = judge(engine, made, tmp_path)
    counted.update(judgement.steps)
    counted["builds"] += 1
    counted["loose"] += len(judgement.loose)
    assert not judgement.wrong, "\n".join((*judgement.wrong, show(made)))


def test_few_steps_are_left_open_in_vain() -> None:
    """Judges what the builds above counted; prints the figures."""
    if counted["builds"] < len(SEEDS):
        pytest.skip("the builds were not all made in this process")
    steps = counted["hit"] + counted["miss"] + counted["depends"]
    warnings.warn(f"generated: {dict(counted)}", stacklevel=1)
    assert counted["loose"] <= OPEN_SHARE * steps
    assert counted["failed builds"] <= REFUSED_SHARE * counted["builds"]
