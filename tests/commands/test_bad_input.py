"""Bad input ends with one clear line, status 2 and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.running import commit, dcache, write

GOOD = {"Dockerfile": "FROM a\nCOPY . .\n"}


@pytest.mark.parametrize(
    ("dockerfile", "options", "expected"),
    [
        (None, (), "no Dockerfile at `x/Dockerfile`; name it with -f"),
        ("", (), "x/Dockerfile:1: file with no instructions"),
        ("FROM a\nRUM x\n", (), "x/Dockerfile:2: unknown instruction: RUM"),
        ("FROM a\nCOPY only\n", (), "x/Dockerfile:2: COPY requires at least two arguments"),
        ("FROM a AS build\nFROM a\nCOPY --from=bild /a /b\n", (), "no stage is called `bild` (the stages are build)"),
        ("FROM a\nCOPY --from=3 /a /b\n", (), "x/Dockerfile:2: invalid stage index 3"),
        (
            "FROM a AS b\nCOPY --from=c / /\nFROM a AS c\nCOPY --from=b / /\n",
            (),
            "circular dependency detected on stage",
        ),
        ("FROM a AS one\n", ("--target", "two"), "target stage `two` could not be found; known stages: one"),
        ("FROM a\0b\n", (), "`x/Dockerfile` is a binary file"),
        ("FROM a\nRUN echo " + "x" * 10_000_000 + "\n", (), "x/Dockerfile:2: dockerfile line greater than max"),
        ("FROM a\n", ("--platform", "foo"), "--platform: `foo`: unknown operating system"),
        ("FROM a\n", ("--build-context", "y=nowhere"), "--build-context y=nowhere: no such directory"),
        ("FROM a\n", ("--build-context", "y"), "--build-context y: write NAME=VALUE"),
        ("FROM a\n", ("--shm-size", "big"), "--shm-size `big` is not a size"),
        ("FROM a\n", ("-f", "x"), "`x` is a directory; name the Dockerfile itself"),
        ("FROM a\n", ("--against", "dir:nowhere"), "--against dir:nowhere: no such directory"),
        ("FROM a\n", ("--against", "state:nowhere"), "--against state:nowhere: No such file or directory"),
        ("FROM a\n", ("--against", "state:x/Dockerfile"), "not a snapshot; make one with `dcache snapshot -o FILE`"),
        ("FROM a\n", ("--against", "HEAD"), "is not in a git repository"),
        ("FROM a\n", ("--change", "/etc/passwd"), "--change /etc/passwd: outside the build context"),
    ],
)
def test_one_clear_line(
    dockerfile: str | None,
    options: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"x/file": "", **({} if dockerfile is None else {"x/Dockerfile": dockerfile})})
    ended = dcache(capsys, "predict", "x", "--against", "dir:x", *options)
    assert ended.status == 2
    assert ended.err.startswith("dcache: ")
    assert expected in ended.err.splitlines()[0]
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_syntax_error_shows_the_line_and_a_caret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"Dockerfile": "FROM a\n  RUM x\n"})
    ended = dcache(capsys, "predict", tmp_path, "--against", f"dir:{tmp_path}")
    assert ended.err.splitlines()[1:] == ["     2 |   RUM x", "       |   ^^^"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["predict", "nowhere"], "the build context `nowhere` does not exist"),
        (["predict", "file"], "the build context `file` is not a directory"),
        (["predict", "https://example.org/a.git"], "is not a directory: dcache cannot see its files"),
        (["predict", "-"], "is not a directory: dcache cannot see its files"),
        (["predict"], "is not in a git repository"),
        (["predict", "a", "b"], "one build context, please"),
        (["predict", "--", "docker", "run", "x"], "is not a build command"),
        (["predict", "--", "docker", "build", "-t", "x"], "names no context"),
        (["predict", "--", "docker", "build", "--frob", "."], "No such option"),
        (["explain", "99", ".", "--against", "dir:."], "line 99 holds no step of the build; steps begin on lines 1, 2"),
        (["explain", "x 1/9", ".", "--against", "dir:."], "no step is called `x 1/9`"),
        (["snapshot", "-o", "nowhere/file"], "-o nowhere/file: No such file or directory"),
        (["parse", "nowhere"], "no Dockerfile at `nowhere`"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_usage(
    arguments: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(write(tmp_path, {**GOOD, "file": ""}))
    ended = dcache(capsys, *arguments)
    assert ended.status == 2
    assert expected in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("option", ["--against", "--at"])
@pytest.mark.parametrize("revision", ["nope", "--all", "HEAD:Dockerfile", ""])
def test_bad_revisions(
    option: str, revision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    ended = dcache(capsys, "predict", f"{option}={revision}")
    assert ended.status == 2
    assert "bad revision" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_revision_without_the_dockerfile_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tmp_path, {"README": ""})
    commit(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    ended = dcache(capsys, "predict", "--at", "HEAD", "--format", "json")
    assert ended.status == 0
    assert [step["verdict"] for step in ended.json["steps"]] == ["miss", "miss"]
    assert any("leaves nothing behind: no Dockerfile" in note["text"] for note in ended.json["notes"])


def test_one_unreadable_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, GOOD)
    ended = dcache(capsys, "parse", tmp_path / "none", tmp_path / "Dockerfile", "--format", "json")
    assert ended.status == 2
    assert [file["file"] for file in ended.json["files"]] == [str(tmp_path / "Dockerfile")]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("locked", ["Dockerfile", "src/secret"])
def test_permission_denied(locked: str, tmp_path: Path) -> None:
    context = write(tmp_path / "x", {**GOOD, "src/secret": "s"})
    os.chmod(context / locked, 0)
    for folder in (tmp_path, context, *tmp_path.parents):
        if os.stat(folder).st_mode & 0o005 != 0o005 and folder.is_relative_to("/tmp"):
            os.chmod(folder, 0o755)
    program = (  # everything is imported while that is allowed
        "import hashlib, os, subprocess, sys, traceback, dockerfile_parse, dcache.cli.predict, dcache.cli.errors\n"
        "from dcache.cli.main import main\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); main(sys.argv[1:])"
    )
    other = write(tmp_path / "y", {**GOOD, "src/secret": "t"})
    command = [sys.executable, "-c", program, "predict", str(context), "--against", f"dir:{other}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "permission denied" in ended.stderr or "may not read" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_odd_files_in_a_context_are_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    ended = dcache(capsys, "predict", tmp_path, "--against", f"dir:{tmp_path}")
    assert ended.status == 0, ended.err


def test_hostile_names_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = write(tmp_path / "new", GOOD)
    old = write(tmp_path / "old", GOOD)
    (new / "a\x1b[2J\u202e").write_text("")
    Path(os.fsdecode(os.fsencode(new) + b"/bad\xff")).write_text("")
    ended = dcache(capsys, "predict", new, "--against", f"dir:{old}")
    assert ended.status == 0
    assert "a\\x1b[2J\\u202e was added" in ended.out
    assert "bad\\udcff was added" in ended.out
    assert len(dcache(capsys, "predict", new, "--against", f"dir:{old}", "--format", "json").json["steps"]) == 2


def test_a_context_too_deep_to_walk_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write(tmp_path / "other", {**GOOD, "d/f": ""})
    deep = write(tmp_path / "deep", GOOD)
    here = os.getcwd()
    os.chdir(deep)
    for _ in range(400):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    ended = dcache(capsys, "snapshot", deep, "-o", tmp_path / "s")
    assert ended.status == 2
    assert "directories deep: list it in .dockerignore" in ended.err
    assert dcache(capsys, "predict", deep, "--against", f"dir:{other}").status in (0, 2)
