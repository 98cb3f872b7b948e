"""Generated builds on a live engine: every step of every build but the first must be what dcache predicts.

DCACHE_GENERATED says how many examples, two builds or three each; DCACHE_SEED which ones; DCACHE_ENGINES how many are
built side by side. Ctrl-C ends a long run with the counts of what was reached. A few more come from a fresh seed, which
is printed. What is judged wrongly shrinks, and ends as a line for corpus/conformance/generated.json.
"""

from __future__ import annotations

import os
import random
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from engines.figures import engine_name, note
from engines.saved import row
from engines.strategies import Example, example
from engines.truth import Engines, judge, show

pytestmark = pytest.mark.engine

EXAMPLES = int(os.environ.get("DCACHE_GENERATED", "150"))
SEED = int(os.environ.get("DCACHE_SEED", "1"))
FRESH_EXAMPLES = 20
# The share of steps that may be left open, of those left open in vain, and of examples that the engine may refuse.
OPEN_SHARE = 0.10
VAIN_SHARE = 0.05
REFUSED_SHARE = 0.25
RUNS = {"fixed seed": (SEED, EXAMPLES), "fresh seed": (random.SystemRandom().randrange(10**9), FRESH_EXAMPLES)}


def hunt(seed: int, count: int, engines: Engines, folder: Path, over: threading.Event) -> Counter[str]:
    """Judge that many examples, and count; an AssertionError shows the smallest that is judged wrongly.

    What is found first is printed at once. Once the hunt is `over`, nothing more is built but to shrink it.
    """
    counted: Counter[str] = Counter()
    seen: set[str] = set()

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
        print_blob=False,
    )
    @hypothesis.given(st.randoms(use_true_random=False).map(example))
    def every_step_is_predicted(made: Example) -> None:
        if over.is_set() and not counted["wrong"]:
            return
        counted["drawn"] += 1
        if repr(made.variants) in seen and not counted["wrong"]:
            return
        seen.add(repr(made.variants))
        judgement = judge(engines, made, folder)
        counted.update(judgement.steps)
        counted.update(examples=1, vain=len(judgement.loose), wrong=len(judgement.wrong))
        if counted["examples"] % 20 == 0:
            print(folder.name, dict(counted), flush=True)
        if judgement.wrong:
            case = row(made, judgement, engine_name(engines["stable"]))
            told = "\n".join((*judgement.wrong, f"seed {seed}", show(made), "the case for generated.json:", case))
            if not over.is_set():
                over.set()
                print(f"{told}\nshrinking", flush=True)
            raise AssertionError(told)

    every_step_is_predicted()
    return counted


def hunt_side_by_side(seed: int, count: int, pairs: list[Engines], folder: Path) -> Counter[str]:
    """The counts of one hunt for each pair of engines, at the same time, that share the examples; seeds follow it.

    An interrupt ends it early: what was judged until then counts.
    """
    each = -(-count // len(pairs))
    over = threading.Event()
    with ThreadPoolExecutor(len(pairs)) as pool:
        hunts = [pool.submit(hunt, seed + at, each, pair, folder / str(at), over) for at, pair in enumerate(pairs)]
        try:
            wait(hunts)
        except KeyboardInterrupt:
            over.set()
    counted: Counter[str] = Counter()
    for one in hunts:
        counted.update(one.result())
    return counted


@pytest.mark.parametrize("name", RUNS)
def test_every_step_is_predicted(name: str, pairs: list[Engines], tmp_path: Path) -> None:
    seed, count = RUNS[name]
    print(f"{name} {seed}")
    counted = hunt_side_by_side(seed, count, pairs, tmp_path)
    steps = counted["hit"] + counted["miss"] + counted["depends"]
    warnings.warn(f"generated, {name} {seed}: {steps} steps, {dict(counted)}", stacklevel=1)
    if name == "fixed seed":
        figures = {key: counted[key] for key in ("builds", "hit", "miss", "depends", "wrong")}
        which = f"DCACHE_GENERATED={counted['drawn']} DCACHE_SEED={seed} DCACHE_ENGINES={len(pairs)}"
        repeat = f"{which} .venv/bin/pytest -m engine tests/engines/test_generated.py"
        note("generated builds", engine_name(pairs[0]["stable"]), repeat, steps=steps, seed=seed, **figures)
        assert counted["depends"] <= OPEN_SHARE * steps
        assert counted["vain"] <= VAIN_SHARE * steps
        assert counted["refused"] <= REFUSED_SHARE * counted["examples"]
