"""Safe fixes on a live engine: the fixed Dockerfile makes the same image as the one before.

Files and configuration are compared, in the stub world. DCACHE_FIXED says how many generated Dockerfiles and how many
of those below DCACHE_CORPUS are tried, 0 for all of the latter; DCACHE_SEED which ones.
"""

from __future__ import annotations

import os
import random
import shutil
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.graph import BuildError, BuildGraph, CopyOp, GitOrigin, HttpOrigin, build_graph, inputs
from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.source import SourceFile
from dcache.fixers.apply import Files, Fixed, fix_file
from dcache.fixers.fix import curable
from dcache.rules.catalogue import chosen
from dcache.rules.facts import OpenContext, default_plan
from dcache.rules.files import Contexts
from dcache.rules.run import DEFAULT_SETTINGS
from engines.contexts import PROJECT, context_files, lay_files
from engines.figures import engine_name, note
from engines.fixable import fixable, fixable_context
from engines.images import ExportRefused, differences, exported
from engines.needs import needs, stubbed
from engines.world import Engine

pytestmark = pytest.mark.engine

COUNT = int(os.environ.get("DCACHE_FIXED", "40"))
SEED = int(os.environ.get("DCACHE_SEED", "1"))
CORPUS = os.environ.get("DCACHE_CORPUS", "")


class Outcome(NamedTuple):
    """What came of one file: "refused", "unchanged", "same" or "different", and what is different."""

    what: str
    told: tuple[str, ...] = ()


def proven(
    engine: Engine, text: str, files: Mapping[str, str] | None, folder: Path, *, unsafe: bool = False
) -> Outcome:
    """Build a Dockerfile and what safe fixes make of it, or all, and compare the images. `files` None: made up."""
    graph = _graph(text)
    if graph is None or _is_remote(graph):
        return Outcome("refused")
    shutil.rmtree(folder, ignore_errors=True)
    before, after = folder / "before", folder / "after"
    given = dict(context_files(graph) if files is None else files)
    for place in (before, after):
        place.mkdir(parents=True)
        lay_files(place, given)
    fixed = _fixed(text, after, unsafe=unsafe)
    if not fixed.applied:
        return Outcome("unchanged")
    changed = dict(fixed.texts)
    new = changed.pop(str(after / "Dockerfile"), text)
    for path, content in changed.items():
        Path(path).write_text(content, newline="")
    # The Dockerfiles that are built lie outside of the contexts: what copies all of one would show their edits.
    shutil.copy(after / "Dockerfile", before / "Dockerfile")
    (folder / "1").write_text(stubbed(text), newline="")
    (folder / "2").write_text(stubbed(new), newline="")
    wanted = needs(graph, before)
    other = _graph(new)
    assert other is not None, new
    wanted |= needs(other, after)
    for image in sorted(wanted.images):
        engine.load(image, "stable", wanted)
    options = BuildOptions(network="none")
    try:
        first = exported(engine, options._replace(context=str(before), file=str(folder / "1")), folder)
    except ExportRefused:
        return Outcome("refused")
    try:
        second = exported(engine, options._replace(context=str(after), file=str(folder / "2")), folder)
    except ExportRefused as error:
        return Outcome("different", ("the fixed file is refused", str(error), new))
    told = differences(first, second)
    rules = sorted({one.found.rule for one in fixed.applied})
    return Outcome("different", (*told, f"after {', '.join(rules)}:", new)) if told else Outcome("same", tuple(rules))


def _graph(text: str) -> BuildGraph | None:
    dockerfile = parse(SourceFile("Dockerfile", text))
    if dockerfile.problems:
        return None
    try:
        return build_graph(default_plan(dockerfile))
    except BuildError:
        return None


def _is_remote(graph: BuildGraph) -> bool:
    """Whether a build takes something from a network that the stub world does not have."""
    return any(
        isinstance(origin, HttpOrigin | GitOrigin)
        for step in graph.steps
        if step.used and isinstance(step.op, CopyOp)
        for origin, _ in inputs(step)
    )


def _fixed(text: str, folder: Path, *, unsafe: bool) -> Fixed:
    path = str(folder / "Dockerfile")
    (folder / "Dockerfile").write_text(text, newline="")

    def read(name: str) -> str:
        return Path(name).read_text() if Path(name).exists() else ""

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts).of(path, str(folder))

    rules = chosen((_LONG,) if unsafe else curable())
    return fix_file(SourceFile(path, text), rules, Files(read, opened), DEFAULT_SETTINGS, unsafe=unsafe)


_LONG = "order/expensive-after-volatile"
_APT = "RUN apt-get update && apt-get install -y git"
# What is presumed holds in the stub world: these fixes make the same image there.
_PRESUMED = {
    "a stage more": f"FROM stub/a:1 AS app\nWORKDIR /usr/src/x\nRUN npm ci\nCOPY . .\nENV A=b\nCMD x\nFROM app\n{_APT}",
    "the same base": f"FROM stub/a:1 AS app\nCOPY . /app\nWORKDIR /app\nFROM app\n{_APT}\nRUN make\nCMD y\n",
    "the other stage": f"FROM stub/a:1 AS app\nWORKDIR /x\nCOPY . .\nEXPOSE 80\nFROM app AS d\n{_APT}\n"
    "FROM app\nCOPY --from=d /x/README.md /read\n",
    "a RUN of its own": f"FROM stub/a:1\nWORKDIR /usr/src/app\nCOPY . .\n{_APT} \\\n  # it\n  && make \\\n  && touch x",
    "a directory": f"FROM stub/a:1\nWORKDIR /usr/src/app\nCOPY . .\n{_APT}\nRUN make\n",
}


def test_what_is_presumed_makes_the_same_image(engine: Engine, tmp_path: Path) -> None:
    outcomes = {name: proven(engine, text, PROJECT, tmp_path / "one", unsafe=True) for name, text in _PRESUMED.items()}
    assert {name: one.what for name, one in outcomes.items()} == dict.fromkeys(_PRESUMED, "same"), outcomes


def _judged(outcomes: Mapping[str, Outcome], what: str, engine: Engine, repeat: str) -> None:
    counts = Counter(one.what for one in outcomes.values())
    rules = Counter(rule for one in outcomes.values() if one.what == "same" for rule in one.told)
    warnings.warn(f"{what}: {dict(counts)}; {dict(rules)}", stacklevel=1)
    note(what, engine_name(engine), repeat, builds=counts["same"] + counts["different"], wrong=counts["different"])
    wrong = [f"{name}\n" + "\n".join(one.told) for name, one in outcomes.items() if one.what == "different"]
    assert not wrong, "\n\n".join(wrong[:5])
    assert counts["same"], "nothing was fixed"


def test_generated_files_make_the_same_image(engine: Engine, tmp_path: Path) -> None:
    outcomes: dict[str, Outcome] = {}
    for number in range(COUNT or 300):
        dice = random.Random(f"{SEED} {number}")
        outcomes[f"seed {SEED} {number}"] = proven(engine, fixable(dice), fixable_context(dice), tmp_path / "one")
    repeat = f"DCACHE_FIXED={COUNT} DCACHE_SEED={SEED} .venv/bin/pytest -m engine tests/engines/test_fixes.py"
    _judged(outcomes, "safe fixes of generated Dockerfiles", engine, repeat)


@pytest.mark.skipif(not CORPUS, reason="DCACHE_CORPUS does not name the folder of the corpus")
def test_real_files_make_the_same_image(engine: Engine, tmp_path: Path) -> None:
    paths = sorted(Path(CORPUS, "dockerfiles").iterdir())
    if COUNT:
        paths = random.Random(SEED).sample(paths, COUNT)
    outcomes = {
        path.name: proven(engine, path.read_bytes().decode("utf-8", "surrogateescape"), None, tmp_path / "one")
        for path in paths
    }
    repeat = f"DCACHE_FIXED={COUNT} DCACHE_SEED={SEED} .venv/bin/pytest -m engine tests/engines/test_fixes.py"
    _judged(outcomes, "safe fixes of real Dockerfiles", engine, repeat)
