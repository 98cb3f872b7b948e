"""Fuzzes one target, or all of them in turn, for some seconds of CPU each.

    .venv/bin/python -m tests.fuzz --seconds 60 reader

An input that fails is written to the current directory. `--atheris` has libFuzzer choose the inputs by coverage; it
needs the package atheris, which is no dependency of any extra. DCACHE_CORPUS adds real Dockerfiles to the seeds.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from hashlib import sha1
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .mutation import mutated, seeds
from .targets import TARGETS, bounded


def main() -> int:
    """The exit status: 1 where an input fails."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all of them where none is named")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--atheris", action="store_true")
    given = asked.parse_args()
    names = given.targets or list(TARGETS)
    if given.atheris:
        if len(names) != 1:
            asked.error("--atheris takes one target")
        guided(names[0], given.seconds)
    seed = random.randrange(1 << 30) if given.seed is None else given.seed
    return max(unguided(name, given.seconds, seed) for name in names)


def unguided(name: str, seconds: float, seed: int) -> int:
    """Whether an input failed, after that much CPU time."""
    chance = random.Random(seed)
    TARGETS[name](seeds(name)[0])  # what is imported at the first call is not timed
    end = time.process_time() + seconds
    count = failures = 0
    while time.process_time() < end and failures < 10:
        data = mutated(name, chance)
        count += 1
        try:
            bounded(TARGETS[name], data)
        except Exception as error:
            failures += 1
            path = Path(f"{name}-{sha1(data).hexdigest()[:10]}.bin")
            path.write_bytes(data)
            print(f"{name}: {type(error).__name__}: {str(error)[:200]}: {path}")
    print(f"{name}: {count:,} inputs from seed {seed} in {seconds:g} s, {failures} failed")
    return int(failures > 0)


def guided(name: str, seconds: float) -> None:
    """Let libFuzzer choose; it ends the process."""
    atheris: Any = import_module("atheris")
    atheris.instrument_all()
    with TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            Path(folder, str(number)).write_bytes(seed)

        def once(data: bytes) -> None:
            bounded(TARGETS[name], data)

        options = [f"-max_total_time={seconds:.0f}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=2048", folder]
        atheris.Setup([sys.argv[0], *options], once)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
