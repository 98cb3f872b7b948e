"""What BuildKit and hadolint said about real Dockerfiles is what their checks say here, but for the listed differences.

Where a difference is new, look at it; if the other linter is wrong, `bench/differences.py` lists it, and you say why.
"""

from __future__ import annotations

import pytest

from differences import PAGE, page
from peers.said import CORPUS, LINTERS, codes, differences, differing, listed, said

PAIRS = [pytest.param(linter, code, id=f"{linter}-{code}") for linter in LINTERS for code in codes(linter)]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="DCACHE_CORPUS names no folder of Dockerfiles")
@pytest.mark.parametrize(("linter", "code"), PAIRS)
def test_every_difference_is_listed(linter: str, code: str) -> None:
    found = differing(linter, code)
    for side in ("theirs", "ours"):
        assert sorted(found[side]) == sorted(listed(linter, code, side)), f"only in {side}"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="DCACHE_CORPUS names no folder of Dockerfiles")
@pytest.mark.parametrize(("linter", "code"), PAIRS)
def test_at_most_one_in_a_hundred_is_our_fault(linter: str, code: str) -> None:
    for side, all_of_them in (("theirs", said(linter).theirs.get(code, ())), ("ours", said(linter).ours.get(code, ()))):
        assert len(listed(linter, code, side, ("faults",))) <= len(all_of_them) / 100


@pytest.mark.skipif(not CORPUS.is_dir(), reason="DCACHE_CORPUS names no folder of Dockerfiles")
@pytest.mark.parametrize("linter", LINTERS)
def test_the_counts_are_those_of_the_corpus(linter: str) -> None:
    counts = {
        code: [len(said(linter).theirs.get(code, ())), len(said(linter).ours.get(code, ()))] for code in codes(linter)
    }
    assert differences(linter)["counts"] == {code: count for code, count in counts.items() if any(count)}


@pytest.mark.parametrize("linter", LINTERS)
def test_each_difference_has_a_reason(linter: str) -> None:
    document = differences(linter)
    for code, sides in document["differences"].items():
        for side, entries in sides.items():
            assert side in ("theirs", "ours")
            for reason, places in entries.items():
                assert reason in document["reasons"] or reason in document["faults"], (code, reason)
                assert places and len(set(places)) == len(places)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: PYTHONPATH=tests .venv/bin/python bench/differences.py"
