"""dcache where others call it: pre-commit on a repository, the GitHub action's own steps. Both install it with pip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.network

BAD = "FROM alpine:3.22\nARG FLAVOUR=plain\nRUN apk add curl\n"


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env={**environment, **variables}, capture_output=True, text=True, timeout=600
    )


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    assert run(["git", *identity, *arguments], folder).returncode == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository with one Dockerfile that has findings."""
    folder = tmp_path / "project"
    (folder / "build").mkdir(parents=True)
    (folder / "build" / "Dockerfile").write_text(BAD)
    git(folder, "init", "-q")
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, as it stands, as a repository that has a commit."""
    folder = tmp_path_factory.mktemp("published") / "dcache"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in listed.decode().split("\0"):
        source, target = ROOT / name, folder / name
        if name and source.is_file() and not source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    return folder


def test_pre_commit_runs_the_hook(project: Path, published: Path, tmp_path: Path) -> None:
    revision = run(["git", "rev-parse", "HEAD"], published).stdout.strip()
    config = {"repos": [{"repo": str(published), "rev": revision, "hooks": [{"id": "dcache"}]}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git(project, "add", "-A")
    home = str(tmp_path / "pre-commit")
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    result = run(command, project, PRE_COMMIT_HOME=home)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "build/Dockerfile:2:5: info order/unused-arg" in result.stdout
    (project / "build" / "Dockerfile").write_text("FROM alpine:3.22\nCOPY a.txt /a.txt\n")
    (project / "build" / "a.txt").write_text("a")
    (project / "dcache.toml").write_text('select = ["order"]')
    git(project, "add", "-A")
    assert run(command, project, PRE_COMMIT_HOME=home).returncode == 0


def test_the_action_annotates(project: Path, published: Path, tmp_path: Path) -> None:
    action: Any = yaml.safe_load((ROOT / "action.yml").read_text())
    given = {"DCACHE_PATHS": "build", "DCACHE_ARGUMENTS": "--select order", "DCACHE_VERSION": ""}
    results = [
        run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            project,
            RUNNER_TEMP=str(tmp_path),
            DCACHE_ACTION=str(published),
            **given,
        )
        for step in action["runs"]["steps"]
    ]
    assert results[0].returncode == 0, results[0].stderr
    assert results[1].returncode == 1, results[1].stderr
    assert results[1].stdout.startswith("::notice file=build/Dockerfile,line=2,")
