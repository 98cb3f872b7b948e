"""The cases that several engines ran: what the BuildKit inside Docker did against our predictions."""

from pathlib import Path

import pytest

from conformance.cases import Case
from conformance.compared import docker_cases, explained, of_docker

EXPLAINED = explained()
CASES = docker_cases()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdicts_are_dockers(case: Case, tmp_path: Path) -> None:
    wrong = of_docker(case, tmp_path).wrong
    if case["id"] in EXPLAINED:
        assert wrong, f"{case['id']} agrees by now: its explanation can go"
    else:
        assert wrong == ()
