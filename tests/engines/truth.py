"""Holds predictions for generated builds against what the engine did."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.predict import Prediction, predict
from dcache.analyzer.state import Build, CacheState
from dcache.analyzer.workspace import Place, Workspace
from engines.strategies import Example, Variant
from engines.trees import lay
from engines.world import MODES, Done, Engine

Steps = dict[tuple[str, int], Done]


class Judgement(NamedTuple):
    """What came out: a line for each wrong verdict, one for each that was open in vain, counts of steps by verdict."""

    wrong: tuple[str, ...]
    loose: tuple[str, ...]
    steps: Counter[str]


def options(variant: Variant, folder: Path) -> BuildOptions:
    """The options of a variant whose files lie in `folder`."""
    given = variant.options
    return BuildOptions(
        context=str(folder),
        file=str(folder / "Dockerfile"),
        build_args=given.args,
        target=given.target,
        no_cache_filter=given.no_cache_filter,
        no_cache=given.no_cache,
        network="none",
    )


def judge(engine: Engine, example: Example, folder: Path) -> Judgement:
    """Build the example in both modes, and compare every step of every build but the first."""
    truths: list[list[Steps]] = []
    for mode in MODES:
        engine.prune()
        steps: list[Steps] = []
        for at, variant in enumerate(example.variants):
            # The daemon finds its copy of a context by the name of the directory.
            place = folder / ("now" if example.warm else f"now {at}")
            lay(place, variant.tree, variant.text(mode))
            built = engine.build(options(variant, place))
            if built.error:
                return Judgement((), (), Counter({"failed builds": 1}))
            steps.append(built.steps)
        truths.append(steps)
    wrong: list[str] = []
    loose: list[str] = []
    count: Counter[str] = Counter()
    for at, predictions in enumerate(predicted(example, folder), 1):
        stable, fresh = (steps[at] for steps in truths)
        found = compared(predictions, stable, fresh, f"build {at}", count)
        wrong += found[0]
        loose += found[1]
    return Judgement(tuple(wrong), tuple(loose), count)


def predicted(example: Example, folder: Path) -> list[tuple[Prediction, ...]]:
    """The predictions for each build but the first."""
    builds: list[Build] = []
    found: list[tuple[Prediction, ...]] = []
    for at, variant in enumerate(example.variants):
        place = folder / str(at)
        lay(place, variant.tree, variant.text("stable"))
        (build,) = Workspace(options(variant, place)).builds(Place(f"build {at}"))
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
    known = {(p.step.label, p.step.number): p for p in predictions if p.step.number}
    for key in stable.keys() | fresh.keys():
        label = f"{where} [{key[0]} {key[1]}] {(stable.get(key) or fresh[key]).text}"
        prediction = known.get(key)
        if prediction is None or key not in stable or key not in fresh:
            wrong.append(f"{label}: not predicted, or not in both modes")
            continue
        truth = tuple("miss" if steps[key].ran else "hit" for steps in (stable, fresh))
        count[prediction.verdict] += 1
        if (prediction.best, prediction.worst) == truth:
            continue
        said = "/".join((prediction.best, prediction.worst))
        count[f"{'/'.join(truth)} predicted {said}"] += 1
        causes = "; ".join(f"{cause.kind}: {cause.text}" for cause in prediction.causes)
        if prediction.verdict != "depends":
            wrong.append(f"{label}: the engine says {'/'.join(truth)}, predicted {said} because {causes or 'nothing'}")
        else:
            loose.append(f"{label}: the engine says {'/'.join(truth)}, left open because {causes}")
    return wrong, loose


def show(example: Example) -> str:
    """An example as text: every build's Dockerfile, and what changed."""
    rows: list[str] = [f"warm: {example.warm}"]
    for at, variant in enumerate(example.variants):
        rows += [f"--- build {at}" + (f": {example.changes[at - 1]}" if at else ""), variant.text("stable")]
        rows.append(str(variant.options))
        if not at or variant.tree != example.variants[at - 1].tree:
            rows += [f"  {path}: {_entry(entry)}" for path, entry in variant.tree.items()]
    return "\n".join(rows)


def _entry(entry: object) -> str:
    return str(entry).removeprefix("Entry")
