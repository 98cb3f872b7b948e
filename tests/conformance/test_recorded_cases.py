"""Every recorded case: the engine's verdict for each step against ours."""

import warnings
from collections import Counter
from pathlib import Path

import pytest

from conformance.cases import Case, load
from conformance.compared import of_recorded

# Steps over all cases that may be left open: what a re-run producer writes, and what a warm daemon overlooks.
OPEN_SHARE = 0.10
CASES = load()
seen: Counter[str] = Counter()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdicts_are_the_engines(case: Case, tmp_path: Path) -> None:
    outcome = of_recorded(case, tmp_path)
    seen.update(outcome.seen)
    assert outcome.wrong == ()


def test_few_steps_are_left_open() -> None:
    """Counts what the cases above said; prints the figures."""
    total = sum(seen.values())
    if total < 1000:
        pytest.skip("the cases were not all run in this process")
    warnings.warn(f"conformance: {len(CASES)} cases, {total} steps: {dict(seen)}", stacklevel=1)
    assert seen["depends"] <= OPEN_SHARE * total
