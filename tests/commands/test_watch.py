"""`dcache lint --watch` on a directory that is edited as people and editors edit; on a pipe and on a terminal."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from commands.running import dcache, write

ARG = "FROM alpine:3.22\nARG FLAVOUR=plain\nRUN apk add curl\n"
CLEAN = "FROM alpine:3.22\nRUN apk add curl\n"
WAITING = "waiting for changes; Ctrl-C ends\n"
CLEAR = "\x1b[2J\x1b[1;1H"
PATIENCE = 60  # seconds, after which what was not written never will be

Start = Callable[..., "Watch"]


def _at_terminal(terminal: int) -> None:
    """Take a terminal as one's own, and heed Ctrl-C, also where the tests run in the background and need not."""
    os.login_tty(terminal)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Watch:
    """A lint that watches, and what it writes."""

    def __init__(self, folder: Path, *paths: str, terminal: bool = False) -> None:
        self._output, theirs = os.openpty() if terminal else os.pipe()
        command = [
            sys.executable,
            "-m",
            "dcache",
            "lint",
            "--watch",
            "--select",
            "order,context",
            "--format",
            "concise",
        ]
        self._process = subprocess.Popen(
            [*command, *paths],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"},
            stdout=None if terminal else theirs,
            stderr=None if terminal else theirs,
            start_new_session=True,
            preexec_fn=partial(_at_terminal, theirs) if terminal else None,
        )
        os.close(theirs)

    def shown(self, ending: str = WAITING, within: float = PATIENCE) -> str:
        """What is written next, up to an ending; "" where nothing is written for that long."""
        text, end = "", time.monotonic() + within
        while not text.endswith(ending):
            if not select.select([self._output], [], [], max(0.0, end - time.monotonic()))[0]:
                assert not text, f"{text!r} has no {ending!r}"
                return ""
            text += os.read(self._output, 65536).decode().replace("\r\n", "\n")
        return text

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit status."""
        os.write(self._output, b"\x03")
        return self._process.wait(PATIENCE)

    def end(self) -> None:
        """Stop it if it still runs."""
        self._process.kill()
        self._process.wait()
        os.close(self._output)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts watches, which end with the test."""
    watches: list[Watch] = []

    def started(*paths: str, folder: Path = tmp_path, terminal: bool = False) -> Watch:
        watches.append(Watch(folder, *paths, terminal=terminal))
        return watches[-1]

    yield started
    for watch in watches:
        watch.end()


def save(path: Path, text: str) -> None:
    """Save as editors do: a new file takes the place of the old one."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    part.replace(path)


def test_every_way_to_edit_is_seen(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"Dockerfile": ARG, "app.log": ""})
    watch = start()
    first = watch.shown()
    assert first.startswith("Dockerfile:2:5: info order/unused-arg: `ARG FLAVOUR`") and CLEAR not in first
    write(tmp_path, {"Dockerfile": CLEAN})
    assert watch.shown().startswith("nothing found in 1 file\n")
    save(tmp_path / "Dockerfile", ARG)
    assert "\n1 finding (1 info) in 1 of 1 file" in watch.shown()
    save(tmp_path / "Dockerfile", CLEAN)
    assert watch.shown().startswith("nothing found in 1 file\n")
    write(tmp_path, {"new/deep/Dockerfile": ARG, "new/deep/package.json": "{}"})
    assert "new/deep/Dockerfile:2:5: info order/unused-arg" in watch.shown()
    save(tmp_path / "new/deep/Dockerfile", "NOPE\n")
    assert "new/deep/Dockerfile:1: unknown instruction: NOPE" in watch.shown()
    (tmp_path / "new/deep/Dockerfile").unlink()
    assert watch.shown().startswith("nothing found in 1 file\n")


def test_what_is_shown_already_is_not_shown_again(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"Dockerfile": ARG})
    watch = start()
    assert watch.shown()
    write(tmp_path, {"app.log": "1"})
    assert watch.shown(within=3) == ""
    write(tmp_path, {"Dockerfile": ARG + "\n"})  # saved: whoever did it wants to know that this was seen
    assert "1 finding" in watch.shown()


def test_what_a_build_ignores_is_seen(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"Dockerfile": "FROM alpine:3.22\nCOPY a /a\n", "a": "", "b": ""})
    watch = start()
    assert watch.shown().startswith("nothing found")
    write(tmp_path, {".dockerignore": "a\n"})
    assert "`a` is" in watch.shown()
    write(tmp_path, {".dockerignore": "[\n"})
    assert ".dockerignore: line 1: malformed pattern" in watch.shown()
    (tmp_path / ".dockerignore").unlink()
    assert watch.shown().startswith("nothing found")


@pytest.mark.parametrize("folder", [".", "services/web"])
def test_settings_are_seen_wherever_they_lie(folder: str, tmp_path: Path, start: Start) -> None:
    write(tmp_path, {f"{folder}/Dockerfile": ARG, "shared/dcache.toml": ""})
    watch = start(folder=tmp_path / folder)
    assert "1 finding" in watch.shown()
    save(tmp_path / "dcache.toml", 'ignore = ["order"]\n')
    assert watch.shown().startswith("nothing found")
    save(tmp_path / "dcache.toml", "ignore = [")
    assert "dcache.toml:1: not TOML: " in watch.shown()
    save(tmp_path / "dcache.toml", 'extend = "shared/dcache.toml"\n')
    assert "1 finding" in watch.shown()
    save(tmp_path / "shared/dcache.toml", 'severity = "error"\n')
    assert watch.shown().startswith("nothing found")
    (tmp_path / "dcache.toml").unlink()
    assert "1 finding" in watch.shown()


def test_a_file_and_a_directory_may_go_and_come_back(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"web/Dockerfile": ARG, "api/Dockerfile": CLEAN})
    watch = start("web/Dockerfile", "api")
    assert "1 finding" in watch.shown()
    (tmp_path / "web/Dockerfile").unlink()
    assert "no Dockerfile at `web/Dockerfile`" in watch.shown()
    save(tmp_path / "web/Dockerfile", CLEAN)
    assert watch.shown().startswith("nothing found in 2 files\n")
    (tmp_path / "api").rename(tmp_path / "old")
    assert "no Dockerfile at `api`" in watch.shown()
    write(tmp_path, {"api/Dockerfile": CLEAN})
    assert watch.shown().startswith("nothing found in 2 files\n")
    save(tmp_path / "api/Dockerfile", ARG)
    assert "api/Dockerfile:2:5: info order/unused-arg" in watch.shown()


def test_a_terminal_is_cleared_and_ctrl_c_ends_it(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"Dockerfile": ARG})
    watch = start(terminal=True)
    assert watch.shown().startswith(CLEAR + "Dockerfile:2:5: \x1b[36minfo")
    write(tmp_path, {"Dockerfile": CLEAN})
    assert watch.shown().startswith(CLEAR + "nothing found")
    assert watch.interrupt() == 0
    assert watch.shown("\n") == "^C\n"


def test_what_is_wrong_from_the_start_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no Dockerfile below `.`" in dcache(capsys, "lint", "--watch").err
    write(tmp_path, {"Dockerfile": ARG})
    assert "`order/unused` is neither a rule" in dcache(capsys, "lint", "--watch", "--select", "order/unused").err
    for given in (["-"], ["-o", "x"], ["--add-ignore"], ["--show-files"], ["--baseline", "x", "--write-baseline"]):
        ended = dcache(capsys, "lint", "--watch", *given)
        assert (ended.status, "--watch reads files" in ended.err) == (2, True)
