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


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdicts_are_the_engines(case: Case, tmp_path: Path) -> None:
    assert of_recorded(case, tmp_path).wrong == ()


def test_few_steps_are_left_open(tmp_path: Path) -> None:
    """Counts what is said of all cases; prints the figures."""
    seen: Counter[str] = Counter()
    for number, case in enumerate(CASES):
        seen.update(of_recorded(case, tmp_path / str(number)).seen)
    total = sum(seen.values())
    warnings.warn(f"conformance: {len(CASES)} cases, {total} steps: {dict(seen)}", stacklevel=1)
    assert seen["depends"] <= OPEN_SHARE * total
