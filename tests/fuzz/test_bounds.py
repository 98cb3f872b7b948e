"""What each pass takes of a Dockerfile of a million characters: CPU time beside a yardstick, and memory."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from functools import cache

import pytest

from dcache.analyzer.context import NOTHING_IGNORED, Context
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Dockerfile
from dcache.analyzer.dockerfile.tokens import tokens
from dcache.analyzer.engines.buildkit import keys
from dcache.analyzer.graph import BuildGraph, build_graph
from dcache.analyzer.predict import predict
from dcache.analyzer.source import SourceFile
from dcache.analyzer.state import Build, CacheState
from dcache.rules.facts import default_plan
from fuzz.shapes import SHAPES
from fuzz.targets import Nothing

SIZE = 1_000_000
QUARTER = 250_000
# Four times the text takes four times as long; a quadratic pass would take sixteen times.
GROWTH = 5.5
TRIES = 6


@cache
def read(size: int) -> Dockerfile:
    return parse(SourceFile("Dockerfile", SHAPES["installs"](size)))


@cache
def graph(size: int) -> BuildGraph:
    return build_graph(default_plan(read(size)))


@cache
def build(size: int) -> Build:
    return Build("it", graph(size), keys(graph(size)), {"": Context("", Nothing(), NOTHING_IGNORED)})


# What a pass does on a file of a size; the most it may take of the time of the yardstick, which is about twice what it
# takes, and of memory, in bytes for each character, which is about a quarter more.
PASSES: dict[str, tuple[Callable[[int], object], float, float]] = {
    "parse": (lambda size: parse(read(size).source), 1.1, 25),
    "tokens": (lambda size: sum(1 for _ in tokens(read(size))), 0.9, 4),
    "graph": (lambda size: build_graph(default_plan(read(size))), 0.5, 11),
    "keys": (lambda size: keys(graph(size)), 1.3, 26),
    "predict": (lambda size: predict(build(size), CacheState((build(size),))), 1.9, 46),
}


def seconds(work: Callable[[], object]) -> float:
    """The CPU time of some work, without looking for garbage: what else the process holds does not count."""
    gc.collect()
    gc.disable()
    try:
        before = time.process_time()
        work()
        return time.process_time() - before
    finally:
        gc.enable()


def yardstick() -> float:
    """The CPU time of a loop that takes 0.6 s on the machine where the bounds were measured."""
    return 5 * min(seconds(lambda: sum(number * number for number in range(2_000_000))) for _ in range(2))


def compared(one: Callable[[], float], other: Callable[[], float], enough: float) -> float:
    """How many times as long one takes as another, by the best time of each: whatever else runs only adds to both."""
    longer, shorter = one(), other()
    for _ in range(TRIES):
        if longer < enough * shorter:
            break
        longer, shorter = min(longer, one()), min(shorter, other())
    return longer / shorter


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_over_a_million_characters_is_fast(name: str) -> None:
    work, most, _ = PASSES[name]
    work(QUARTER)  # what is imported or made at the first call is not measured
    work(SIZE)
    found = compared(lambda: seconds(lambda: work(SIZE)), yardstick, most)
    assert found < most, f"{name} takes {found:.2f} times as long as the yardstick"


@pytest.mark.parametrize("name", PASSES)
def test_four_times_the_text_takes_four_times_as_long(name: str) -> None:
    work = PASSES[name][0]
    work(QUARTER)
    work(SIZE)
    found = compared(lambda: seconds(lambda: work(SIZE)), lambda: seconds(lambda: work(QUARTER)), GROWTH)
    assert found < GROWTH, f"{name} takes {found:.1f} times as long for four times the text"


@pytest.mark.parametrize("name", PASSES)
def test_memory_is_bounded(name: str) -> None:
    work, _, most = PASSES[name]
    work(QUARTER)
    tracemalloc.start()
    try:
        made = work(QUARTER)
        peak = tracemalloc.get_traced_memory()[1] / QUARTER
    finally:
        tracemalloc.stop()
    del made
    assert peak < most
