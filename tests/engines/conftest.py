"""One engine for all tests of a session, in a directory of its own, gone when they are done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.world import MODES, Engine, missing

IMAGES = ("stub/a", "stub/b")


def _memory() -> str | None:
    """A directory in memory where there is room for one: the daemon waits for its disk most of the time."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > 2 << 30 else None


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A running engine with the stub images in both modes."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    state = Path(tempfile.mkdtemp(prefix="dcache-engine-", dir=_memory()))
    running = Engine(state)
    try:
        for image in IMAGES:
            for mode in MODES:
                running.load(f"{image}:{mode}", mode)
        yield running
    finally:
        running.stop()
        shutil.rmtree(state, ignore_errors=True)
