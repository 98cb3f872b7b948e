"""The cases that several engines ran: what the BuildKit inside Docker did against our predictions."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.cases import RECORDED, lay
from dcache.analyzer.predict import predict
from dcache.analyzer.state import CacheState
from dcache.analyzer.workspace import Place, Workspace
from dcache.cli.build_options import request

FOLDER = RECORDED.parent
EXPLAINED: dict[str, str] = json.loads((FOLDER / "explained.json").read_text())["engines.json"]
CASES = [case for case in json.loads((FOLDER / "engines.json").read_text())["cases"] if "buildkit" in case["verdicts"]]


def disagreements(case: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of all builds of a case that went another way than predicted."""
    state, wrong = CacheState(), list[str]()
    for at, (build, truth) in enumerate(zip(case["builds"], case["verdicts"]["buildkit"], strict=True)):
        context = folder / str(at)
        context.mkdir()
        lay(context, build["files"])
        monkeypatch.chdir(context)
        arguments = [argument.replace("CONTEXT/", "") for argument in build.get("args", [])]
        asked = request(("docker", "build", *arguments, "-f", build["dockerfile"], "."), {})
        (made,) = Workspace(asked.options).builds(Place("the recorded build"))
        found = {(p.step.label, p.step.number): p for p in predict(made, state)}
        for step in truth["steps"]:
            label, _, text = step["name"].partition(":")
            prediction = found[label, step["step"]]
            verdict = "miss" if step["status"] == "ran" else "hit"
            if verdict not in (prediction.best, prediction.worst):
                wrong.append(f"build {at}, {text}: {verdict}, predicted {prediction.verdict}")
        if not truth["failed"]:
            state = CacheState((*state.builds, made))
    return wrong


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdicts_are_dockers(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = disagreements(case, tmp_path, monkeypatch)
    if case["id"] in EXPLAINED:
        assert wrong, f"{case['id']} agrees by now: its explanation can go"
    else:
        assert wrong == []
