"""Each fault of corpus/faults is named on its line; the trap and the control are met with silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import decode
from dcache.rules.catalogue import rules
from dcache.rules.files import Contexts
from dcache.rules.run import lint

FAULTS = Path(__file__).parents[2] / "corpus/faults"
THEMES = {"order", "context", "mounts", "stages", "pinning", "stale", "reproducibility"}
CASES: list[dict[str, Any]] = json.loads((FAULTS / "faults.json").read_text("utf-8"))


def _found(case: dict[str, Any], folder: Path) -> set[tuple[str, int]]:
    """What the rules of the cache themes, those that are on by default, find: rule and line."""
    shutil.copytree(FAULTS / case["name"], folder)
    for path, text in case.get("added", {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    path = str(folder / "Dockerfile")
    source = decode(path, (folder / "Dockerfile").read_bytes())
    chosen = [rule for rule in rules() if rule.theme in THEMES and rule.rule.default]
    report = lint(parse(source), chosen, lambda: Contexts().of(path, str(folder)))
    assert not report.crashes
    assert report.refusal is None and report.failure is None
    return {(one.rule, source.text.count("\n", 0, one.primary.start) + 1) for one in report.diagnostics}


@pytest.mark.parametrize("case", [one for one in CASES if one["expected"]], ids=lambda case: case["name"])
def test_the_fault_is_named_on_its_line(case: dict[str, Any], tmp_path: Path) -> None:
    found = _found(case, tmp_path / "context")
    assert {(one["rule"], one["line"]) for one in case["expected"]} <= found
    assert not {rule for rule, _ in found} & set(case.get("silent", ()))


@pytest.mark.parametrize("case", [one for one in CASES if not one["expected"]], ids=lambda case: case["name"])
def test_silence(case: dict[str, Any], tmp_path: Path) -> None:
    assert _found(case, tmp_path / "context") == set()


def test_there_are_22_faults_a_trap_and_a_control() -> None:
    assert len([one for one in CASES if one["expected"]]) == 22
    assert sorted(one["name"] for one in CASES if not one["expected"]) == ["control", "trap"]
    assert {path.name for path in FAULTS.iterdir() if path.is_dir()} == {one["name"] for one in CASES}
