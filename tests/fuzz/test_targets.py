"""A short run of each fuzz target, the same each time; `python -m tests.fuzz` runs them for longer."""

from __future__ import annotations

import random

import pytest

from dcache.analyzer.context import read_ignore
from fuzz.ignoring import decided, modelled
from fuzz.mutation import mutated, seeds
from fuzz.targets import TARGETS

COUNTS = {"reader": 150, "expansion": 300, "shell": 80, "ignore": 400, "graph": 15, "log": 300}


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_read_is_untrue(name: str) -> None:
    chance = random.Random(name)
    for _ in range(COUNTS[name]):
        data = mutated(name, chance)
        try:
            TARGETS[name](data)
        except Exception as error:
            pytest.fail(f"{name} fails with {type(error).__name__}: {error}; the input is {data!r}")


def test_inputs_are_the_same_for_the_same_number() -> None:
    assert mutated("reader", random.Random(7)) == mutated("reader", random.Random(7))
    assert all(seeds(name) for name in TARGETS)


def test_the_model_of_ignore_files_is_asked() -> None:
    model = modelled(read_ignore("*\n!src\n**/*.log\n").patterns)
    assert model is not None
    assert [decided(model, path) for path in ("a", "src", "src/x", "src/y/a.log")] == [True, False, False, True]
    assert modelled(("[a]",)) is None
    blank = modelled(read_ignore("/ a/\n!/ b\n").patterns)
    assert blank is not None
    assert [decided(blank, path) for path in ("a", " a", "b")] == [True, False, False]
