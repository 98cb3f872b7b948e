"""dcache where others call it, as docs/integrations.md says: pre-commit, a GitHub action, GitLab CI. All use pip."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.network

PAGE = (ROOT / "docs" / "integrations.md").read_text()
SNIPPETS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]
PRE_COMMIT, WORKFLOW, SCANNING, GITLAB = SNIPPETS

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
CODE_QUALITY = {
    "type": "array",
    "minItems": 1,
    "items": {
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            **{name: {"type": "string", "minLength": 1} for name in ("description", "check_name", "fingerprint")},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"pattern": "^[^./]"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}

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


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where pre-commit keeps what it installs."""
    return str(tmp_path_factory.mktemp("pre-commit"))


def hooked(project: Path, published: Path, home: str) -> subprocess.CompletedProcess[str]:
    """The page's hooks, run by pre-commit on all that is staged."""
    revision = run(["git", "rev-parse", "HEAD"], published).stdout.strip()
    (repository,) = PRE_COMMIT["repos"]
    config = {"repos": [{**repository, "repo": str(published), "rev": revision}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git(project, "add", "-A")
    return run([sys.executable, "-m", "pre_commit", "run", "--all-files"], project, PRE_COMMIT_HOME=home)


def test_pre_commit_repairs_then_tells_then_passes(project: Path, published: Path, home: str) -> None:
    for name in ("Dockerfile.dev", "web.Dockerfile", "Containerfile"):
        (project / "build" / name).write_text("FROM alpine:3.22\nADD a.txt /a.txt\n")
    (project / "third_party").mkdir()
    for folder in ("build", "third_party"):
        (project / folder / "a.txt").write_text("")
    (project / "third_party" / "Dockerfile").write_text("FROM alpine\nADD a.txt /a.txt\n")
    (project / "dcache.toml").write_text('exclude = ["third_party"]\n')
    first = hooked(project, published, home)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert "ADD" in (project / "third_party" / "Dockerfile").read_text()
    for name in ("Dockerfile.dev", "web.Dockerfile", "Containerfile"):
        assert "ADD" not in (project / "build" / name).read_text()
    second = hooked(project, published, home)
    assert second.returncode == 1
    assert "build/Dockerfile:2:5: info order/unused-arg" in second.stdout and "third_party" not in second.stdout
    (project / "build" / "Dockerfile").write_text("FROM alpine:3.22\n")
    third = hooked(project, published, home)
    assert third.returncode == 0, third.stdout
    for name in ("Dockerfile", "Dockerfile.dev", "web.Dockerfile", "Containerfile"):
        (project / "build" / name).unlink()
    assert hooked(project, published, home).returncode == 0  # nothing is left but what is excluded


class Runner:
    """Runs the steps of the action as the runner of GitHub does."""

    def __init__(self, checkout: Path, temporary: Path) -> None:
        self.action: Any = yaml.safe_load((checkout / "action.yml").read_text())
        self.checkout = checkout
        self.temporary = temporary

    def expanded(self, value: str, inputs: dict[str, str]) -> str:
        """A value with its `${{ … }}` replaced."""
        known = {"github.action_path": str(self.checkout), **{f"inputs.{name}": one for name, one in inputs.items()}}
        return re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda match: known[match[1]], value)

    def run(self, index: int, workspace: Path, **given: str) -> subprocess.CompletedProcess[str]:
        """A step, in a workspace, with these inputs of the action."""
        inputs = {name: one["default"] for name, one in self.action["inputs"].items()} | given
        assert set(inputs) == set(self.action["inputs"])
        step = self.action["runs"]["steps"][index]
        script = self.temporary / f"{index}.sh"
        script.write_text(self.expanded(step["run"], inputs))
        variables = {name: self.expanded(value, inputs) for name, value in step["env"].items()}
        command = {"bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]}[step["shell"]]
        about = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace)}
        return run([*command, str(script)], workspace, **about, RUNNER_TEMP=str(self.temporary), **variables)


@pytest.fixture(scope="session")
def runner(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the first step of the action has run."""
    runner = Runner(published, tmp_path_factory.mktemp("runner with blanks"))
    assert len(runner.action["runs"]["steps"]) == 2
    installed = runner.run(0, published)
    assert installed.returncode == 0, installed.stderr
    return runner


@pytest.fixture
def image(runner: Runner, tmp_path: Path) -> str:
    """The PATH of an image that has dcache and no git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dcache").symlink_to(runner.temporary / "dcache/bin/dcache")
    (folder / "sh").symlink_to("/bin/sh")
    return str(folder)


def test_the_action_annotates(project: Path, runner: Runner) -> None:
    ended = runner.run(1, project)
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith("::notice file=build/Dockerfile,line=2,endLine=2,col=5,endColumn=18,title=order")
    assert runner.run(1, project, paths="build", arguments="--fail-on error --select order").returncode == 0
    (project / "build" / "Dockerfile").write_text("FROM alpine:3.22\n")
    clean = runner.run(1, project)
    assert (clean.returncode, clean.stdout) == (0, "")


def test_the_action_takes_several_paths(project: Path, runner: Runner) -> None:
    (project / "a b").mkdir()
    (project / "a b" / "Dockerfile").write_text(BAD)
    ended = runner.run(1, project, paths="build\n\na b/Dockerfile\n", arguments=" --select  order ")
    assert [line.split(",")[0] for line in ended.stdout.splitlines()] == [
        "::notice file=build/Dockerfile",
        "::notice file=a b/Dockerfile",
    ], ended.stderr
    ended = runner.run(1, project, paths="nowhere\n")
    assert ended.returncode == 2
    assert ended.stdout.startswith("::error file=nowhere,title=dcache::no Dockerfile at `nowhere`")


def test_the_action_does_what_the_page_says(project: Path, runner: Runner) -> None:
    _, ours = WORKFLOW["jobs"]["dcache"]["steps"]
    ended = runner.run(1, project, **ours["with"])
    assert ended.returncode == 1 and "::warning file=build/Dockerfile," in ended.stdout, ended.stderr
    _, ours, upload = SCANNING["steps"]
    ended = runner.run(1, project, **ours["with"])
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    log = json.loads((project / upload["with"]["sarif_file"]).read_text())
    (first, *_) = log["runs"][0]["results"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "build/Dockerfile"


def test_the_gitlab_job_leaves_its_report_in_an_image_without_git(project: Path, image: str) -> None:
    job = GITLAB["dcache"]
    install, *script = job["script"]
    assert install == "pip install dcache-lint"
    ended = run(["sh", "-e", "-c", "\n".join(script)], project, PATH=image)
    assert ended.returncode == 1, ended.stderr
    report = json.loads((project / job["artifacts"]["reports"]["codequality"]).read_text())
    jsonschema.validate(report, CODE_QUALITY)
    assert {one["location"]["path"] for one in report} == {"build/Dockerfile"}
