"""Recorded cases built again on the live engine: it must do what dcache predicts, or what is known of its version.

DCACHE_RECORDED says how many of them: every so manieth case is built, and those of a warm daemon; 1 means all.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from conformance.cases import RECORDED, Case, laid, load, predicted
from engines.world import Done, Engine

pytestmark = pytest.mark.engine

EVERY = int(os.environ.get("DCACHE_RECORDED", "6"))
CASES = [case for at, case in enumerate(load()) if at % EVERY == 0 or case.get("quirk")]
# The cases in which the live engine, an older BuildKit, does something else than the recorded one.
OLDER: dict[str, Case] = {
    case["id"]: case for case in json.loads(RECORDED.with_name("buildkit-0.25.json").read_text())["cases"]
}
Steps = dict[tuple[str, int], Done]


@pytest.fixture(scope="session")
def busybox(engine: Engine) -> bytes:
    """A static busybox, and the image of the recorded cases made of it."""
    program = (Path(engine.env["PATH"].partition(":")[0]) / "busybox").read_bytes()
    engine.load_busybox("local/bb:1", program)
    return program


def live(engine: Engine, case: Case, folder: Path, busybox: bytes) -> Steps:
    """The steps of the last build of a case."""
    engine.prune()
    steps: Steps = {}
    for at, build in enumerate(case["builds"]):
        shutil.rmtree(folder, ignore_errors=True)
        options = laid(build, folder)
        if build["files"].get("busybox") is None:
            (folder / "context" / "busybox").write_bytes(busybox)
            os.utime(folder / "context" / "busybox", (1, 1))
        if at == len(case["builds"]) - 1 and case.get("snapshot_dropped"):
            # The daemon finds its copy of a context by the name of the directory.
            moved = (folder / "context").rename(folder / "moved")
            options = options._replace(context=str(moved), file=str(moved / build["dockerfile"]))
        built = engine.build(options)
        assert not built.error, built.error
        steps = built.steps
    return steps


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_live_engine_does_what_is_predicted(case: Case, engine: Engine, busybox: bytes, tmp_path: Path) -> None:
    known = OLDER.get(case["id"])
    if known and "steps" not in known:
        pytest.skip(known["reason"])
    steps = live(engine, case, tmp_path / "live", busybox)
    assert steps
    if known:
        found = {f"{label} {number}".strip(): "ran" if done.ran else "hit" for (label, number), done in steps.items()}
        assert found == known["steps"], known["reason"]
        return
    wrong: list[str] = []
    predictions = {(p.step.label, p.step.number): p for p in predicted(case, tmp_path / "predicted")}
    for key, done in sorted(steps.items()):
        truth, prediction = "miss" if done.ran else "hit", predictions.get(key)
        if prediction is None or truth not in (prediction.best, prediction.worst):
            said = f"{prediction.best}/{prediction.worst}" if prediction else "nothing"
            wrong.append(f"[{key[0]} {key[1]}] {done.text}: the engine says {truth}, predicted {said}")
    assert wrong == []
