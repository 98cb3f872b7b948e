"""Pins of images, asked of a real registry and built by the engine: the same image, so that every step is cached."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dcache.analyzer.plans import BuildOptions
from engines.world import HERE, REGISTRY, Engine

pytestmark = pytest.mark.engine

TEXT = f"""\
ARG BASE={REGISTRY}/stub/r:stable
FROM $BASE AS a
RUN tool a
FROM {REGISTRY}/stub/r:fresh
COPY --from={REGISTRY}/stub/r:stable /o/a.txt /x
COPY --from=a /o/b.md /y
RUN tool b
"""


def _pin(engine: Engine, folder: Path, *more: str) -> tuple[int, str]:
    """What `dcache pin` says and its status, where the registry of the engine can be reached."""
    command = ["bash", str(HERE / "engines.sh"), "net", sys.executable, "-m", "dcache", "pin", str(folder), *more]
    env = {**os.environ, "ENGINES_STATE": str(engine.state)}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_pinned_image_is_the_same_image(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(TEXT)
    options = BuildOptions(context=str(tmp_path))
    first = engine.build(options)
    assert not first.error and all(step.ran for step in first.steps.values())
    assert _pin(engine, tmp_path)[0] == 0
    pinned = file.read_text()
    assert len(re.findall("@sha256:[0-9a-f]{64}", pinned)) == 3
    assert re.search(rf"^ARG BASE={REGISTRY}/stub/r:stable@sha256:", pinned, re.MULTILINE)
    second = engine.build(options)
    assert not second.error
    assert [step.ran for step in second.steps.values()] == [False] * 4, "all steps are those of the tags"


def test_a_tag_that_moves_is_told_and_followed(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM {REGISTRY}/stub/moving:1\nRUN tool c\n")
    engine.publish("stub/b:stable", "stub/moving:1")
    assert _pin(engine, tmp_path)[0] == 0
    before = file.read_text()
    assert _pin(engine, tmp_path, "--check")[0] == 0
    engine.publish("stub/b:fresh", "stub/moving:1")
    status, said = _pin(engine, tmp_path, "--check")
    assert status == 1 and "behind image" in said
    assert _pin(engine, tmp_path)[0] == 0 and file.read_text() == before
    assert _pin(engine, tmp_path, "--update")[0] == 0
    assert file.read_text() != before
    assert not engine.build(BuildOptions(context=str(tmp_path))).error


def test_what_the_registry_does_not_have(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {REGISTRY}/stub/none:1\n")
    status, said = _pin(engine, tmp_path)
    assert status == 2 and f"{REGISTRY} has no image stub/none:1" in said
