"""What dcache says of recorded cases beside what the engines did: differences and counts, without an engine."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from conformance.cases import RECORDED, Case, lay, predicted, recorded
from dcache.analyzer.predict import predict
from dcache.analyzer.state import CacheState
from dcache.analyzer.workspace import Place, Workspace
from dcache.cli.build_options import request
from engines.verdicts import judged
from engines.world import Done

# c31 is the quirk in another form: the daemon takes another directory's file for this one, by size and time.
_ALSO_QUIRKS = {"c31"}


class Outcome(NamedTuple):
    """A case: a line for each step that went another way than predicted, and the steps by predicted verdict."""

    wrong: tuple[str, ...]
    seen: Counter[str]


def docker_cases() -> list[Case]:
    """The cases that several engines ran, the BuildKit inside Docker among them."""
    cases: list[Case] = json.loads(RECORDED.with_name("engines.json").read_text())["cases"]
    return [case for case in cases if "buildkit" in case["verdicts"]]


def explained() -> dict[str, str]:
    """Why Docker's verdict on a case is another one than ours, by the case's id."""
    reasons: dict[str, str] = json.loads(RECORDED.with_name("explained.json").read_text())["engines.json"]
    return reasons


def of_recorded(case: Case, folder: Path) -> Outcome:
    """The last build of a case of buildkit-0.32.json."""
    found = predicted(case, folder)
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    quirk = case.get("quirk") or case["id"] in _ALSO_QUIRKS
    several = len({p.step.scope.platform for p in found}) > 1 and any(step.platform for step in recorded(case))
    for step in recorded(case):
        truth = "miss" if step.ran else "hit"
        alike = [p for p in found if (p.step.label, p.step.number) == (step.label, step.number)]
        if several:  # names do not tell all platforms apart, and equal file operations are one step
            alike = [p for p in alike if p.verdict == truth][:1] or alike
        if not alike:
            wrong.append(f"[{step.label} {step.number}] {step.text}: recorded, and not predicted")
            continue
        prediction = alike[0]
        seen[prediction.verdict] += 1
        told = f"[{step.label} {step.number}] {step.text}: {truth}, predicted {prediction.verdict}"
        if prediction.verdict == "depends":
            if truth not in (prediction.best, prediction.worst) or not prediction.causes:
                wrong.append(f"{told} between {prediction.best} and {prediction.worst}")
        elif prediction.verdict != truth:
            wrong.append(f"{told} because {[cause.text for cause in prediction.causes]}")
        elif quirk and truth != "hit":
            wrong.append(f"{told}: a quirk must be left open")
    return Outcome(tuple(wrong), seen)


def of_docker(case: Case, folder: Path) -> Outcome:
    """All builds of a case of engines.json on Docker's BuildKit, the first one on an empty cache."""
    state, wrong = CacheState(), list[str]()
    seen: Counter[str] = Counter()
    for at, (build, truth) in enumerate(zip(case["builds"], case["verdicts"]["buildkit"], strict=True)):
        context = folder / str(at)
        context.mkdir(parents=True)
        lay(context, build["files"])
        arguments = [argument.replace("CONTEXT/", "") for argument in build.get("args", [])]
        asked = request(("docker", "build", *arguments, "-f", build["dockerfile"], "."), {})
        with contextlib.chdir(context):
            (made,) = Workspace(asked.options).builds(Place("the recorded build"))
            found = {(p.step.label, p.step.number): p for p in predict(made, state)}
        for step in truth["steps"]:
            label, _, text = step["name"].partition(":")
            prediction = found[label, step["step"]]
            seen[prediction.verdict] += 1
            verdict = "miss" if step["status"] == "ran" else "hit"
            if verdict not in (prediction.best, prediction.worst):
                wrong.append(f"build {at}, {text}: {verdict}, predicted {prediction.verdict}")
        if not truth["failed"]:
            state = CacheState((*state.builds, made))
    return Outcome(tuple(wrong), seen)


def of_stub_world(case: Case, folder: Path) -> Outcome:
    """The last build of a case of the stub world, in both of its modes."""
    again = recorded({"steps": [{**step, "status": step["fresh"]} for step in case["steps"]]})
    stable, fresh = (
        {(step.label, step.number): Done(step.text, step.ran) for step in steps} for steps in (recorded(case), again)
    )
    rows = judged(predicted(case, folder), stable, fresh)
    seen: Counter[str] = Counter(row.prediction.verdict for row in rows if row.prediction)
    return Outcome(tuple(row.told for row in rows if row.wrong), seen)
