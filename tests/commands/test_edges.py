"""Inputs that are odd and right, and outputs that are odd: links, other roots, devices, commands with leftovers."""

import os
from pathlib import Path

import pytest

from commands.running import commit, dcache, verdicts, write

FILES = {"Dockerfile": "FROM a\nCOPY src /src\nRUN x\n", ".dockerignore": "Dockerfile\n", "src/f": "1"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project with its directory entered."""
    folder = tmp_path / "project"
    commit(folder, FILES)
    monkeypatch.chdir(folder)
    return folder


def test_a_dockerfile_may_be_a_link(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"docker/Dockerfile.debian": FILES["Dockerfile"]})
    (project / "Dockerfile").unlink()
    (project / "Dockerfile").symlink_to("docker/Dockerfile.debian")
    commit(project, {})
    for options in ([], ["--at", "HEAD", "--against", "HEAD"]):
        assert verdicts(dcache(capsys, "predict", *options, "--format", "json").json) == ["hit"] * 3


def test_a_dockerfile_outside_the_context(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(project, {"docker/x.Dockerfile": "FROM a\nCOPY f /f\n", "docker/x.Dockerfile.dockerignore": "f\n"})
    found = dcache(capsys, "predict", "src", "-f", "docker/x.Dockerfile", "--format", "json").json
    assert verdicts(found) == ["hit", "hit"]
    assert any("hidden by .dockerignore: the build fails at COPY" in note["text"] for note in found["notes"])


def test_from_a_directory_inside_the_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"src/f": "2"})
    monkeypatch.chdir(project / "src")
    assert verdicts(dcache(capsys, "predict", "..", "--format", "json").json) == ["hit", "miss", "miss"]
    changed = dcache(capsys, "predict", "..", "--change", "f", "--format", "json").json
    assert changed["steps"][1]["causes"][0]["path"] == "src/f"


def test_missing_sources_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"Dockerfile": "FROM a\nCOPY nothere *.none /x/\n"})
    notes = [note["text"] for note in dcache(capsys, "predict", "--format", "json").json["notes"]]
    assert any(note.startswith("`nothere` is not in ") for note in notes)
    assert not any("*.none" in note for note in notes)  # a pattern may match nothing


def test_named_directories_move_with_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, {"Dockerfile": "FROM a\nCOPY --from=lib f /f\n", "lib/f": name})
    monkeypatch.chdir(tmp_path / "b")
    given = ["predict", "--build-context", "lib=lib", "--against", "dir:../a", "--format", "json"]
    assert verdicts(dcache(capsys, *given).json) == ["hit", "miss"]


def test_options_before_a_whole_command_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "predict", "--target", "x", "--no-cache", "--", "docker", "build", ".")
    assert ended.status == 2
    assert "move --target, --no-cache there" in ended.err or "move --no-cache, --target there" in ended.err


def test_a_snapshot_follows_links_and_spares_devices(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "real").write_bytes(b"")
    (project / "link").symlink_to("real")
    assert dcache(capsys, "snapshot", "-o", "link").status == 0
    assert (project / "link").is_symlink()
    assert (project / "real").stat().st_size > 100
    os.mkfifo(project / "pipe")
    assert dcache(capsys, "snapshot", "-o", os.devnull).status == 0
    assert not Path(os.devnull).is_file()
    assert dcache(capsys, "snapshot", "-o", "src").status == 2
    assert not [name for name in os.listdir(project) if name.endswith(".part")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nARG M=zz\nRUN --mount=type=secret,id=x,mode=$M x\n", "invalid value zz for mode"),
        ("FROM a\nADD http://[bad/x /y\n", "is no address"),
    ],
)
def test_values_known_only_after_expansion(
    text: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"Dockerfile": text})
    ended = dcache(capsys, "predict", tmp_path, "--against", f"dir:{tmp_path}")
    assert ended.status == 2
    assert expected in ended.err


def test_submodules_are_noted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(project, {".gitmodules": ""})
    notes = [note["text"] for note in dcache(capsys, "predict", "--format", "json").json["notes"]]
    assert any("submodules are compared by their commit" in note for note in notes)


def test_options_that_change_no_key_are_accepted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["-t", "a:b", "--load", "--progress", "plain", "--pull", "--provenance=false", "-q", "--label", "a=b"]
    assert verdicts(dcache(capsys, "predict", *options, "--format", "json").json) == ["hit"] * 3
    assert "--provenance" not in dcache(capsys, "predict", "--help").out
