"""Hostile files and contexts, made here: no command fails on one with a fault of its own, or takes long."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 20
FILES: dict[str, bytes] = {
    "empty": b"",
    "nul": b"FROM a\nRUN x\0y\n",
    "bad-utf-8": b"FROM a\nRUN \xff\xfe\xc3(\nENV \x80=\xf5\n",
    "surrogates": b"FROM a\nRUN \xed\xa0\x80\n",
    "lone-cr": b"FROM a\rRUN x\rCOPY . .\r",
    "mixed-newlines": b"FROM a\r\nRUN x\\\r\n y\n\rRUN z\n",
    "bom": b"\xef\xbb\xbfFROM a\nRUN x\n",
    "boms": b"\xef\xbb\xbf\xef\xbb\xbfFROM a\nRUN \xef\xbb\xbf\n",
    "utf-16": "FROM a\nRUN x\n".encode("utf-16"),
    "row-of-65535": b"FROM a\nRUN " + b"x" * 65_531 + b"\n",
    "row-of-65536": b"FROM a\nRUN " + b"x" * 65_532 + b"\n",
    "unended-heredoc": b"FROM a\nRUN <<E\nx\n",
    "unended-quotes": b'FROM a\nENV a=\'b\nRUN echo "\nCOPY "a b\n',
    "unended-continuation": b"FROM a\nRUN x \\\n",
    "only-escape": b"# escape=`\nFROM a`\n`\n`",
    "recursive-args": b"ARG A=$B\nARG B=$A\nARG A=$A$A\nFROM x$A$B\nARG A=$A\nRUN $A\n",
    "doubling-args": b"FROM a\nARG A=xxxxxxxx\n" + b"ARG A=$A$A$A$A\n" * 100 + b"RUN $A\n",
    "deep-expansion": b"FROM a\nENV a=" + b"${A:-" * 5_000 + b"x" + b"}" * 5_000 + b"\n",
    "deep-json": b"FROM a\nCMD " + b"[" * 30_000 + b"]" * 30_000 + b"\n",
    "deep-subshells": b"FROM a\nRUN " + b"$(" * 3_000 + b"x" + b")" * 3_000 + b"\n",
    "deep-loops": b"FROM a\nRUN " + b"if x; then " * 1_000 + b"y" + b"; fi" * 1_000 + b"\n",
    "stars": b"FROM a\nCOPY " + b"a*" * 500 + b"b /x/\nCOPY " + b"**/" * 500 + b"a /x/\n",
    "patterns": b"FROM a\nENV A=" + b"a" * 5_000 + b"\nENV B=${A%" + b"*a" * 500 + b"b}\n",
    "itself": b"FROM a AS a\nCOPY --from=a . .\nFROM b AS c\nCOPY --from=0 / /\nRUN --mount=from=c x\n",
    "escape-codes": b"FROM a\x1b[31m\nRUN x \x1b]0;title\x07\x1b[2J\nCOPY \x1b[1m. /\x08\n",
    "onbuilds": b"FROM a\n" + b"ONBUILD " * 5_000 + b"RUN x\n",
    "numbers": b"FROM a\nCOPY --from=" + b"9" * 5_000 + b" . .\nEXPOSE " + b"9" * 5_000 + b"\n",
    "signs": b"FROM a\nCOPY --from=+-5 . .\nCOPY --from=\xd9\xa3 . .\n",
    "stages": b"".join(b"FROM a AS s%d\n" % n for n in range(10_000)),
    "instructions": b"FROM a\n" + b"".join(b"ENV A%d=x\n" % n for n in range(20_000)),
}


def _links(at: Path) -> None:
    (at / "loop").symlink_to("loop")
    (at / "one").symlink_to("two")
    (at / "two").symlink_to("one")
    (at / "self").symlink_to(".")
    (at / "outside").symlink_to("/etc")
    (at / "above").symlink_to("../../../..")


def _specials(at: Path) -> None:
    os.mkfifo(at / "fifo")
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(at)
        try:
            made.bind("socket")
        finally:
            os.chdir(here)


def _names(at: Path) -> None:
    for name in (b"line\nfeed", b"\x1b[31mred", b"\xff\xfe", b" ", b"--from=x", "é".encode(), b"\\", b"[", b"*"):
        (Path(os.fsdecode(os.path.join(os.fsencode(at), name)))).write_text("x")


def _unreadable(at: Path) -> None:
    (at / "shut").write_text("x")
    (at / "shut").chmod(0)
    (at / "closed").mkdir(mode=0)


def _ignored(patterns: bytes) -> Callable[[Path], None]:
    def make(at: Path) -> None:
        (at / ("a" * 200)).write_text("x")
        (at / ".dockerignore").write_bytes(patterns)

    return make


CONTEXTS: dict[str, Callable[[Path], None]] = {
    "links": _links,
    "specials": _specials,
    "names": _names,
    "unreadable": _unreadable,
    "deep": lambda at: (at / "/".join("d" * 150)).mkdir(parents=True),
    "ignore-directory": lambda at: (at / ".dockerignore").mkdir(),
    "ignore-fifo": lambda at: os.mkfifo(at / ".dockerignore"),
    "ignore-loop": lambda at: (at / ".dockerignore").symlink_to(".dockerignore"),
    "ignore-many-folders": _ignored(b"/".join([b"**"] * 100) + b"/a\n"),
    "ignore-many-stars": _ignored(b"a*" * 100 + b"b\n!" + b"*a" * 100 + b"c\n"),
    "ignore-bad": _ignored(b"[\n!\n\\\n"),
    "ignore-bytes": _ignored(b"\xff\xfe\0*\r\n\xef\xbb\xbf!x\n"),
}
DOCKERFILE = b"FROM scratch AS a\nCOPY . /\nADD * /x/\nFROM a\nCOPY --from=a / /\n"


def held(command: list[str], folder: Path) -> str:
    """What a command prints, which must end in time and not with a fault of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "dcache", *command],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS * 30,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
    said = (run.stdout + run.stderr).decode("utf-8", "replace")
    assert run.returncode in (0, 1, 2), (command, run.returncode, said[-2000:])
    assert "Traceback" not in said
    return said


def commands(folder: Path) -> list[list[str]]:
    return [["lint", "Dockerfile"], ["predict", "--against", f"dir:{folder}"], ["parse", "Dockerfile"]]


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(FILES[name])
    for command in commands(tmp_path):
        held(command, tmp_path)


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_hostile_context_is_read_or_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(DOCKERFILE)
    CONTEXTS[name](tmp_path)
    for command in commands(tmp_path)[:2]:
        held(command, tmp_path)


def test_a_dockerfile_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").mkdir()
    for command in commands(tmp_path):
        held(command, tmp_path)
