"""Twice the text takes twice the time, whatever its shape: every pass, on files made to invite more."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

from dcache.analyzer.context import NOTHING_IGNORED, Context
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Dockerfile
from dcache.analyzer.dockerfile.tokens import tokens
from dcache.analyzer.engines.buildkit import keys
from dcache.analyzer.graph import BuildError, build_graph
from dcache.analyzer.predict import predict
from dcache.analyzer.source import SourceFile
from dcache.analyzer.state import Build, CacheState
from dcache.rules.facts import default_plan
from fuzz.shapes import SHAPES
from fuzz.targets import Nothing

SIZE = 12_000
# Doubling a linear pass doubles its time; a quadratic one takes four times as long.
MOST = 3.0
# Below this, a pass at the larger size is not worth a measurement: seconds.
QUICK = 0.03


def built(dockerfile: Dockerfile) -> Build | None:
    try:
        graph = build_graph(default_plan(dockerfile))
    except BuildError:
        return None
    return Build("it", graph, keys(graph), {"": Context("", Nothing(), NOTHING_IGNORED)})


def read(dockerfile: Dockerfile) -> None:
    parse(dockerfile.source)


def cut(dockerfile: Dockerfile) -> None:
    assert sum(len(token.text) for token in tokens(dockerfile)) == len(dockerfile.source.text)


def predicted(dockerfile: Dockerfile) -> None:
    build = built(dockerfile)
    if build is not None:
        predict(build, CacheState((build,)))


def seconds(work: Callable[[Dockerfile], None], dockerfile: Dockerfile) -> float:
    """The best of several times: whatever else the machine does only adds to it."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        before = time.process_time()
        work(dockerfile)
        best = min(best, time.process_time() - before)
        if best < QUICK:
            break
    return best


@pytest.mark.growth
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("work", [read, cut, predicted], ids=lambda work: work.__name__)
def test_time_grows_with_the_text(work: Callable[[Dockerfile], None], shape: str) -> None:
    once, twice = (parse(SourceFile("Dockerfile", SHAPES[shape](size))) for size in (SIZE, 2 * SIZE))
    longer = 0.0
    for _ in range(3):
        longer = seconds(work, twice)
        if longer < QUICK or longer < MOST * seconds(work, once):
            return
    pytest.fail(f"{longer:.2f} s for {2 * SIZE:,} characters is over {MOST} times as long as for half of them")
