"""`dcache fix` as people call it."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.running import dcache
from dcache.analyzer.files import read_regular
from dcache.analyzer.pins import Key, Lock, Pin
from dcache.cli.main import main
from dcache.pipeline.files import write_files
from dcache.pipeline.pins import lock_bytes
from dcache.schemas import violation

BEFORE = "FROM alpine:3.20\nENV A=1\nrun echo a\nRUN echo b\n"
AFTER = BEFORE.replace("run", "RUN")


@pytest.fixture
def dockerfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Dockerfile"
    path.write_text(BEFORE)
    return path


def test_it_writes_what_is_safe(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "fix", "--select", "style")
    assert ended.status == 0 and dockerfile.read_text() == AFTER
    assert ended.out.splitlines()[0] == "Dockerfile:3: style/keyword-case: write `RUN`"
    assert dcache(capsys, "fix", "--select", "style").out.startswith("0 fixed in 0 of 1 file")


def test_mode_and_links_stay(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile.chmod(0o640)
    dockerfile.rename("real")
    dockerfile.symlink_to("real")
    assert dcache(capsys, "fix", "--select", "style").status == 0
    assert dockerfile.is_symlink() and Path("real").read_text() == AFTER
    assert stat.S_IMODE(os.stat("real").st_mode) == 0o640
    assert sorted(os.listdir()) == ["Dockerfile", "real"]


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_it_can_look_without_touching(option: str, dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "fix", option, "--select", "style")
    assert ended.status == 1 and dockerfile.read_text() == BEFORE
    shown = ended.out if option == "--check" else ended.err
    assert "would write `RUN`" in shown
    dockerfile.write_text(AFTER)
    assert dcache(capsys, "fix", option, "--select", "style").status == 0


def test_a_diff_is_one_that_patch_takes(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "fix", "--diff", "--select", "style")
    assert ended.out == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,4 +1,4 @@\n FROM alpine:3.20\n ENV A=1\n-run echo a\n+RUN echo a\n"
        " RUN echo b\n"
    )


def test_one_bad_file_does_not_stop_the_others(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.Dockerfile").write_bytes(b"FROM a\0")
    ended = dcache(capsys, "fix", "--select", "style")
    assert ended.status == 2 and dockerfile.read_text() == AFTER
    assert "bad.Dockerfile" in ended.err


GENERATED = "context/generated-files-copied"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two projects whose ignore files want one more line; the first one's lies in the folder that comes back."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(name, "node_modules").mkdir(parents=True)
        Path(name, "node_modules", "x.js").write_text("")
        Path(name, "app.js").write_text("")
        Path(name, "Dockerfile").write_text("FROM node:22\nCOPY . .\nRUN npm ci\n")
        Path(name, ".dockerignore").write_text("*.log\n")
    return tmp_path / "a"


def test_what_a_fix_of_the_ignore_file_does_not_touch_stays(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = b"\xef\xbb\xbf*.log\r\n# \xff\r\n"
    (two / ".dockerignore").write_bytes(data)
    assert dcache(capsys, "fix", "a", "--unsafe", "--select", GENERATED).status == 0
    assert (two / ".dockerignore").read_bytes() == data + b"node_modules\r\n"


def _folder(ignore: Path) -> None:
    ignore.mkdir()


def _pipe(ignore: Path) -> None:
    os.mkfifo(ignore)


def _nowhere(ignore: Path) -> None:
    ignore.symlink_to("missing/file")


def _bad_lock(ignore: Path) -> None:
    ignore.write_text("")
    (ignore.parent / "dcache-pins.json").write_text("{")


@pytest.mark.parametrize("spoil", [_folder, _pipe, _nowhere, _bad_lock])
def test_a_bad_file_beside_a_dockerfile_does_not_stop_the_others(
    spoil: Callable[[Path], None], two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (two / ".dockerignore").unlink()
    spoil(two / ".dockerignore")
    ended = dcache(capsys, "fix", "--unsafe", "--select", GENERATED)
    assert ended.status == 2 and len(ended.err.splitlines()) == 1 and str(Path("a", "")) in ended.err
    assert Path("b", ".dockerignore").read_text() == "*.log\nnode_modules\n"


def test_an_ignore_file_that_is_gone_bad_since_does_not_stop_the_others(
    two: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: str) -> bytes:
        if Path(path).resolve().parent == two:
            raise PermissionError(13, "Permission denied", path)
        return read_regular(path)

    monkeypatch.setattr("dcache.pipeline.fix.read_regular", read)
    ended = dcache(capsys, "fix", "--unsafe", "--select", GENERATED)
    assert ended.status == 2 and ended.err == f"dcache: {Path('a', '.dockerignore')}: Permission denied\n"
    assert Path("b", ".dockerignore").read_text() == "*.log\nnode_modules\n"


def test_standard_input_becomes_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BEFORE.encode())))
    ended = dcache(capsys, "fix", "-", "--select", "style")
    assert ended.status == 0 and ended.out == AFTER
    assert "write `RUN`" in ended.err


def test_the_document(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.Dockerfile").write_bytes(b"FROM a\0")
    ended = dcache(capsys, "fix", "--check", "--select", "style", "--format", "json")
    assert ended.status == 2 and violation("fix", ended.json) is None
    good, bad = ended.json["files"]
    assert (good["changed"], good["left"], bad["fixes"]) == (["Dockerfile"], 0, []) and "binary" in bad["error"]
    (fix,) = good["fixes"]
    assert (fix["rule"], fix["line"], fix["safety"], fix["assumes"]) == ("style/keyword-case", 3, "safe", "")
    assert not ended.json["written"] and dockerfile.read_text() == BEFORE


def test_each_fix_is_asked_for(
    dockerfile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dockerfile.write_text(BEFORE + "Run echo c\nrUn echo d\n")
    answers = iter(["n", "y", "quit"])

    def answer(*_: object, **__: object) -> str:
        return next(answers)

    monkeypatch.setattr("click.prompt", answer)
    ended = dcache(capsys, "fix", "--interactive", "--select", "style")
    assert ended.status == 0
    assert dockerfile.read_text() == BEFORE + "RUN echo c\nrUn echo d\n"
    assert "-Run echo c" in ended.out and "+RUN echo c" in ended.out
    assert not list(answers)


def test_bytes_that_are_no_text_stay(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    data = b"\xef\xbb\xbf" + BEFORE.encode().replace(b"\n", b"\r\n") + b"RUN echo \xff\r\n"
    Path("Dockerfile").write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(SystemExit):
        main(["fix", "-", "--select", "style"])
    assert capsysbinary.readouterr().out == data.replace(b"run", b"RUN")
    with pytest.raises(SystemExit):
        main(["fix", "--select", "style"])
    assert Path("Dockerfile").read_bytes() == data.replace(b"run", b"RUN")


def test_comments_that_ignore_are_heard(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile.write_text(BEFORE.replace("run", "# dcache: ignore[style/keyword-case] as it was\nrun"))
    before = dockerfile.read_text()
    assert dcache(capsys, "fix", "--select", "style").status == 0
    assert dockerfile.read_text() == before


def test_fixes_are_in_the_json_of_lint(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = dcache(capsys, "lint", "--select", "style/keyword-case", "--format", "json").json["findings"]
    assert found["fix"]["safety"] == "safe"
    assert found["fix"]["edits"] == [
        {"file": "Dockerfile", "line": 3, "column": 1, "end_line": 3, "end_column": 4, "text": "RUN"}
    ]


def test_what_the_lock_holds_is_in_the_json_of_lint_too(dockerfile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("lint", "--select", "pinning/base-without-digest", "--format")
    assert dcache(capsys, *options, "json").json["findings"][0]["fix"] is None
    pin = Pin("sha256:" + "1a" * 32, "2026-01-31")
    Path("dcache-pins.json").write_bytes(lock_bytes(Lock({Key("image", "docker.io/library/alpine:3.20"): pin})))
    (found,) = dcache(capsys, *options, "json").json["findings"]
    assert pin.value in found["fix"]["edits"][0]["text"]
    Path("dcache-pins.json").write_text("{")
    assert dcache(capsys, *options, "json").status == 2
    assert dcache(capsys, *options, "concise").status == 1, "without cures nobody needs the lock"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("lint", "--format", "json"), 1),
        (("fix", "--diff"), 1),
        (("fix", "--unsafe"), 1),
        (("pin", "--offline"), 1),
        (("lint",), 0),
    ],
)
def test_a_lock_of_several_files_is_told_once(
    command: tuple[str, ...], told: int, dockerfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("b.Dockerfile").write_text(BEFORE)
    Path("dcache-pins.json").write_text("{")
    ended = dcache(capsys, *command)
    assert ended.err.count("dcache-pins.json: not JSON") == told
    assert dockerfile.read_text() == BEFORE


@pytest.mark.parametrize(
    "options",
    [
        ("--interactive", "--check"),
        ("--interactive", "-"),
        ("--format", "json", "--diff"),
        ("--format", "json", "-"),
        ("--select", "nothing"),
        ("missing",),
    ],
)
def test_wrong_usage_is_told(
    options: tuple[str, ...], dockerfile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = dcache(capsys, "fix", *options)
    assert ended.status == 2 and ended.err
    assert dockerfile.read_text() == BEFORE


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    first, second, new = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    first.write_text("1")
    first.chmod(0o600)
    (tmp_path / "b").mkdir()
    with pytest.raises(OSError, match=r"\w"):
        write_files({str(first): b"2", str(new): b"3", str(tmp_path / "none" / "x"): b"4"})
    assert first.read_text() == "1" and not new.exists() and sorted(os.listdir(tmp_path)) == ["a", "b"]
    write_files({str(first): b"2", str(new): b"3"})
    assert (first.read_text(), new.read_text()) == ("2", "3")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c"]
    with pytest.raises(OSError, match=r"\w"):
        write_files({str(first): b"5", str(second): b"6"})
    assert first.read_text() == "2"


def test_what_was_written_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, last = (str(tmp_path / name) for name in "abc")
    Path(old).write_text("1")
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target == last:
            raise OSError(28, "No space left on device", target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="No space"):
        write_files({old: b"2", new: b"3", last: b"4"})
    assert Path(old).read_text() == "1" and os.listdir(tmp_path) == ["a"]
