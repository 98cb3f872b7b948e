"""Cases that contributors recorded and those that were generated: both modes of the stub world against ours."""

from pathlib import Path

import pytest

from conformance.cases import CONTRIBUTED, GENERATED, Case, load
from conformance.compared import of_stub_world

CASES = load(CONTRIBUTED) + load(GENERATED)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdicts_are_the_engines(case: Case, tmp_path: Path) -> None:
    outcome = of_stub_world(case, tmp_path)
    assert outcome.wrong == ()
    assert sum(outcome.seen.values()) == len(case["steps"])
