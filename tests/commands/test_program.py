"""The program as it is started: what it writes arrives, whatever takes it, and its exit status with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

DCACHE = [sys.executable, "-m", "dcache"]


def _started(*arguments: str, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [*DCACHE, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("text", "status"),
    [("FROM alpine:3.22\n", 0), ("FROM alpine\n", 1), ("FROM\n", 2)],
    ids=["clean", "found", "refused"],
)
def test_the_status_is_that_of_the_lint(tmp_path: Path, text: str, status: int) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    assert _started("lint", "--isolated", str(tmp_path)).returncode == status


def test_all_that_is_written_arrives(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.22\n" + "RUN cd /a\n" * 3000)
    ended = _started("lint", "--isolated", "--format", "concise", str(tmp_path))
    assert ended.stdout.count("shell/cd-for-workdir") == 3000
    assert ended.stdout.endswith("\n")


def test_a_reader_that_goes_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.22\n" + "RUN cd /a\n" * 3000)
    read, write = os.pipe()
    os.close(read)
    ended = _started("lint", "--isolated", str(tmp_path), stdout=write)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "text", ["FROM alpine\n", "FROM alpine\n" + "RUN cd /a\n" * 3000], ids=["at the end", "before"]
)
def test_a_full_disk_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    with open("/dev/full", "w") as full:
        ended = _started("lint", "--isolated", str(tmp_path), stdout=full)
    assert ended.returncode == 2
    assert ended.stderr == "dcache: the output: No space left on device\n"


PLAIN = {
    "clean": ("FROM alpine:3.22\n", "Dockerfile"),
    "found": ("FROM alpine\nCOPY . .\nRUN cd /a\n", "Dockerfile"),
    "refused": ("FROM\n", "Dockerfile"),
    "a directory": ("FROM alpine\n", "."),
    "no such file": ("FROM alpine\n", "missing/Dockerfile"),
    "no Dockerfile": ("FROM alpine\n", "empty"),
    "bad settings": ("FROM alpine\n", "bad/Dockerfile"),
    "output format of the settings": ("FROM alpine\n", "json/Dockerfile"),
    "nothing is named": ("FROM alpine\n", ""),
    "names that look like commands": ("FROM alpine\n", "lint"),
}


@pytest.mark.parametrize("case", PLAIN)
def test_a_lint_without_options_does_without_click_and_is_the_same(case: str, tmp_path: Path) -> None:
    text, path = PLAIN[case]
    for folder in ("", "empty", "bad", "json"):
        (tmp_path / folder).mkdir(exist_ok=True)
        if folder != "empty":
            (tmp_path / folder / "Dockerfile").write_text(text)
    (tmp_path / "bad" / "dcache.toml").write_text("sevrity = 'error'\n")
    (tmp_path / "json" / "dcache.toml").write_text("output-format = 'json'\n")
    paths = [path] if path else []
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    plain, full = (
        subprocess.run(
            [*DCACHE, "lint", *options, *paths], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        for options in ([], ["--jobs", "1"])
    )
    assert (plain.returncode, plain.stdout) == (full.returncode, full.stdout)
    assert _told(plain.stderr) == _told(full.stderr)
    assert "click" not in _imported(plain.stderr)
    assert "click" in _imported(full.stderr)


def _told(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if not line.startswith("import time:")]


def _imported(stderr: str) -> set[str]:
    return {line.rpartition("|")[2].strip() for line in stderr.splitlines() if line.startswith("import time:")}
