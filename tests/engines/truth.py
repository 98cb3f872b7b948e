"""Holds predictions for generated builds against what the engine did."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.predict import Prediction, predict
from dcache.analyzer.state import Build, CacheState
from dcache.analyzer.workspace import Place, Workspace
from engines.strategies import Example, Variant
from engines.trees import Files, lay
from engines.verdicts import Steps, judged
from engines.world import MODES, Engine, Mode

# An engine for each mode, so that the builds of both are made at once.
Engines = Mapping[Mode, Engine]
# The analyzer remembers what it read last, for one thread.
_one_at_a_time = threading.Lock()


class Truth(NamedTuple):
    """What the engine did in every build of an example, or the error that ended one."""

    steps: tuple[Steps, ...]
    error: str = ""


class Judgement(NamedTuple):
    """What came out: a line for each wrong verdict, one for each that was open in vain, counts of steps by verdict.

    `builds` in the counts are those that were compared: all but the first. `truths` has the engine's steps by mode, and
    is empty where it refused a build, for which `error` says why.
    """

    wrong: tuple[str, ...]
    loose: tuple[str, ...]
    steps: Counter[str]
    truths: Mapping[Mode, tuple[Steps, ...]]
    error: str = ""


def laid(variant: Variant, mode: str, folder: Path, name: str) -> BuildOptions:
    """Write the files of a variant below `folder`; its options. `name` is that of the context's directory."""
    context = folder / name
    lay(context, variant.tree)
    dockerfile = context / "Dockerfile"
    dockerfile.write_text(variant.text(mode), newline="")
    dockerfile.chmod(0o644)
    contexts: list[tuple[str, str]] = []
    for called, contents in variant.contexts.items():
        if isinstance(contents, str):
            contexts.append((called.replace(":MODE", f":{mode}"), f"docker-image://{contents}".replace("MODE", mode)))
        else:
            place = folder / f"{called} for {name}"
            lay(place, contents)
            contexts.append((called, str(place)))
    return variant.options._replace(context=str(context), file=str(dockerfile), build_contexts=tuple(contexts))


def built(engine: Engine, example: Example, mode: Mode, folder: Path) -> Truth:
    """Build every variant of an example on an engine whose cache is emptied first."""
    engine.prune()
    steps: list[Steps] = []
    for at, variant in enumerate(example.variants):
        # The daemon finds its copy of a context by the name of the directory.
        made = engine.build(laid(variant, mode, folder, "now" if example.warm else f"now {at}"))
        if made.error:
            return Truth((), made.error)
        steps.append(made.steps)
    return Truth(tuple(steps))


def judge(engines: Engines, example: Example, folder: Path) -> Judgement:
    """Build the example in both modes, and compare every step of every build but the first."""
    with ThreadPoolExecutor(len(MODES)) as pool:
        waiting = {mode: pool.submit(built, engines[mode], example, mode, folder / mode) for mode in MODES}
    found = {mode: future.result() for mode, future in waiting.items()}
    errors = [truth.error for truth in found.values() if truth.error]
    if errors:
        return Judgement((), (), Counter({"refused": 1}), {}, errors[0])
    truths: dict[Mode, tuple[Steps, ...]] = {}
    for mode in MODES:
        truths[mode] = found[mode].steps
    wrong: list[str] = []
    loose: list[str] = []
    count: Counter[str] = Counter(builds=len(example.variants) - 1)
    with _one_at_a_time:
        predictions = predicted(example, folder / "predicted")
    for at, each in enumerate(predictions, 1):
        stable, fresh = (truths[mode][at] for mode in MODES)
        told = compared(each, stable, fresh, f"build {at}", count)
        wrong += told[0]
        loose += told[1]
    return Judgement(tuple(wrong), tuple(loose), count, truths)


def predicted(example: Example, folder: Path) -> list[tuple[Prediction, ...]]:
    """The predictions for each build but the first."""
    builds: list[Build] = []
    found: list[tuple[Prediction, ...]] = []
    for at, variant in enumerate(example.variants):
        (build,) = Workspace(laid(variant, "stable", folder, str(at))).builds(Place(f"build {at}"))
        if builds:
            found.append(predict(build, CacheState(tuple(builds)), warm=example.warm))
        builds.append(build)
    return found


def compared(
    predictions: tuple[Prediction, ...], stable: Steps, fresh: Steps, where: str, count: Counter[str]
) -> tuple[list[str], list[str]]:
    """A line for each step whose verdict is not the engine's, and for each that was left open though it was settled."""
    wrong: list[str] = []
    loose: list[str] = []
    for one in judged(predictions, stable, fresh):
        if one.prediction is not None and "" not in one.truth:
            count[one.prediction.verdict] += 1
            if not one.right:
                count[f"{'/'.join(one.truth)} predicted {one.prediction.best}/{one.prediction.worst}"] += 1
        if one.wrong:
            wrong.append(f"{where} {one.told}")
        elif not one.right:
            loose.append(f"{where} {one.told}")
    return wrong, loose


def show(example: Example) -> str:
    """An example as text: every build's Dockerfile, and what changed."""
    rows: list[str] = [f"warm: {example.warm}"]
    for at, variant in enumerate(example.variants):
        rows += [f"--- build {at}" + (f": {example.changes[at - 1]}" if at else ""), variant.text("stable")]
        rows += [str(variant.options), variant.manner]
        if not at or variant.tree != example.variants[at - 1].tree:
            rows += _listing(variant.tree)
        for name, contents in variant.contexts.items():
            rows += [f"{name}: {contents}"] if isinstance(contents, str) else [f"{name}:", *_listing(contents)]
    return "\n".join(rows)


def _listing(tree: Files) -> list[str]:
    return [f"  {path}: {str(entry).removeprefix('Entry')}" for path, entry in tree.items()]
