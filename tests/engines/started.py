"""An engine of one's own, gone when it is not needed any more."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engines.world import Engine


def _memory() -> str | None:
    """A directory in memory where there is room for one: the daemon waits for its disk most of the time."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > 2 << 30 else None


@contextmanager
def started() -> Generator[Engine]:
    """A running engine without images, whose state lies in a new directory."""
    state = Path(tempfile.mkdtemp(prefix="dcache-engine-", dir=_memory()))
    engine = Engine(state)
    try:
        yield engine
    finally:
        engine.stop()
        shutil.rmtree(state, ignore_errors=True)
