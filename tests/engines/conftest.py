"""Engines for all tests of a session, each in a directory of its own, gone when they are done."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from engines.started import started
from engines.world import MODES, Engine, Mode, missing

IMAGES = ("stub/a", "stub/b", "stub/c")


@contextmanager
def running() -> Generator[Engine]:
    """A running engine with the stub images in both modes, one of them in its registry; skips where none can be had."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with started() as engine:
        for image in IMAGES:
            for mode in MODES:
                engine.load(f"{image}:{mode}", mode)
        for mode in MODES:
            engine.publish(f"stub/b:{mode}", f"stub/r:{mode}")
        yield engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine that tests share."""
    with running() as shared:
        yield shared


@pytest.fixture(scope="session")
def engines(engine: Engine) -> Iterator[dict[Mode, Engine]]:
    """The shared engine and a second one, so that an example is built in both modes at once."""
    with running() as second:
        yield {"stable": engine, "fresh": second}


@pytest.fixture(scope="session")
def pairs(engines: dict[Mode, Engine]) -> Iterator[list[dict[Mode, Engine]]]:
    """As many pairs of engines as DCACHE_ENGINES says, the shared one first: builds mostly wait."""
    with ExitStack() as stack:
        more = range(1, int(os.environ.get("DCACHE_ENGINES", "2")))
        yield [engines, *({mode: stack.enter_context(running()) for mode in MODES} for _ in more)]
