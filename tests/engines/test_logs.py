"""Generated builds on a live engine, printed in every way: what each print says of a step must be the same.

The engine prints a build as it runs, raw or plain in turn, and its record of the same build the other way. The judge is
the raw progress as tests/engines/world.py reads it, which shares nothing with the product. DCACHE_LOGS says how many
builds, DCACHE_SEED which ones.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import warnings
from collections import Counter
from pathlib import Path

import pytest

from dcache.analyzer.logs import EXECUTED, HELD, BuildLog, LogReader
from dcache.analyzer.plans import BuildOptions
from engines.figures import engine_name, note
from engines.strategies import example
from engines.truth import laid
from engines.verdicts import Steps
from engines.world import Engine, arguments, read

pytestmark = pytest.mark.engine

BUILDS = int(os.environ.get("DCACHE_LOGS", "20"))
SEED = int(os.environ.get("DCACHE_SEED", "1"))
# The judge does not tell a step that was stopped from one that ran.
BEGUN = EXECUTED | {"cancelled"}
# The share of steps that plain progress may leave open: COPY --link, and WORKDIR that is first on scratch.
OPEN_SHARE = 0.20


def printed(engine: Engine, *words: str) -> str:
    """What buildx prints of its progress."""
    program = shutil.which("docker-buildx", path=engine.env["PATH"])
    assert program is not None
    return subprocess.run([program, *words], env=engine.env, capture_output=True, text=True).stderr


def both(engine: Engine, options: BuildOptions, live: str) -> dict[str, str]:
    """A build as raw and as plain progress, the one called `live` as it ran and the other from the engine's record."""
    build = ("build", "--output=type=cacheonly", "--provenance=false", *arguments(options))
    other = "plain" if live == "rawjson" else "rawjson"
    return {
        live: printed(engine, *build, f"--progress={live}"),
        other: printed(engine, "history", "logs", f"--progress={other}"),
    }


def log_of(text: str) -> BuildLog:
    """The one build of a log."""
    reader = LogReader()
    reader.read("log", io.BytesIO(text.encode()))
    (build,) = reader.builds()
    return build


def as_github(text: str) -> str:
    """A log as GitHub keeps it."""
    lines = text.split("\n")
    return "".join(f"2026-11-24T06:34:{at % 60:02}.1234567Z \x1b[36m{line}\x1b[0m\r\n" for at, line in enumerate(lines))


def as_gitlab(text: str) -> str:
    """A log as GitLab keeps it."""
    lines = ["section_start:1700000000:build\r\x1b[0Kbuild it", *text.split("\n")]
    return "".join(f"2026-11-24T06:34:{at % 60:02}.123456Z 01O {line}\n" for at, line in enumerate(lines))


def misprinted(raw: str) -> set[str]:
    """The names of vertices that ran while the engine inferred a hit of them: plain progress prints those as CACHED."""
    rows = [json.loads(line) for line in raw.splitlines() if line.startswith("{")]
    done = [event for row in rows for event in row.get("vertexes") or () if event.get("completed")]
    inferred = {one["name"] for one in done if one.get("cached") and one["started"] == one["completed"]}
    return inferred & {one["name"] for one in done if not one.get("cached")}


def differences(form: str, texts: dict[str, str], truth: Steps, counted: Counter[str]) -> list[str]:
    """A line for each step of which the reader says what the engine's events do not.

    Plain progress may leave a step open, leave it out where it is a COPY --link, or print it wrongly.
    """
    wrong: list[str] = []
    found = {(step.name.label, step.name.number): step for step in log_of(texts[form]).steps}
    plain = form == "plain"
    for key, done in truth.items():
        verdict = found[key].verdict if key in found else "missing"
        counted[f"{form} steps"] += 1
        if plain and (verdict == "unknown" or (verdict == "missing" and "--link" in done.text)):
            counted["plain open"] += 1
        elif verdict in (BEGUN if done.ran else HELD):
            continue
        elif plain and verdict == "cached" and any(name.endswith(done.text) for name in misprinted(texts["rawjson"])):
            counted["plain misprinted by the engine"] += 1
        else:
            wrong.append(f"{form} [{key[0]} {key[1]}] {done.text}: {verdict}, the engine {done}")
    counted["wrong"] += len(wrong)
    return wrong


def test_every_print_of_a_build_says_the_same(engine: Engine, tmp_path: Path) -> None:
    dice = random.Random(SEED)
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    while counted["builds"] < BUILDS:
        made = example(dice)
        engine.prune()
        for at, variant in enumerate(made.variants):
            live = ("rawjson", "plain")[counted["builds"] % 2]
            options = laid(variant, "stable", tmp_path, "now" if made.warm else f"now {at}")
            texts = both(engine, options, live)
            truth = read(texts["rawjson"])
            if not truth:
                counted["refused"] += 1
                break
            counted["builds"] += 1
            for form, text in texts.items():
                wrong += differences(form, texts, truth, counted)
                for wrap in (as_github, as_gitlab):
                    assert log_of(wrap(text)).steps == log_of(text).steps
    warnings.warn(f"logs, seed {SEED}: {dict(counted)}", stacklevel=1)
    repeat = f"DCACHE_LOGS={BUILDS} DCACHE_SEED={SEED} .venv/bin/pytest -m engine tests/engines/test_logs.py"
    figures = {"builds": counted["builds"], "steps": counted["rawjson steps"], "open": counted["plain open"]}
    note("logs of generated builds, raw and plain", engine_name(engine), repeat, **figures, wrong=counted["wrong"])
    assert not wrong, "\n".join(wrong)
    assert counted["plain open"] <= OPEN_SHARE * counted["plain steps"]
