"""What bash, zsh and fish complete, where they are installed, by the scripts that they are given."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = """
eval "$(_DCACHE_COMPLETE=bash_source dcache)"
compopt() { echo "files"; }  # readline does it then, which is not there
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _dcache_completion dcache
printf '%s\\n' "${COMPREPLY[@]}"
"""

FILES = ["files", ""]

# What stands behind `dcache` before and after the tabulator: zsh and fish agree.
COMPLETED = {
    "li": "lint",
    "lint a": r"a\ b.Dockerfile",
    "lint --config dca": "dcache.toml",
    "lint --context do": "docker/",
    "predict -f docker/D": "docker/Dockerfile",
    "lint --severity w": "warning",
    "lint --severity=w": "--severity=warning",
    "lint --select order/unused": "order/unused-arg",
    "lint --select=order/unused": "--select=order/unused-arg",
    "fix --ignore DL3020,order/unused": "DL3020,order/unused-arg",
    "rule nothing": "",
    "lint --config=nothing": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that the cases name."""
    (tmp_path / "docker").mkdir()
    for name in ("a b.Dockerfile", "docker/Dockerfile", "dcache.toml"):
        (tmp_path / name).touch()
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a shell of nobody, which finds this dcache."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(home), "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home)}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["li"], ["lint"]),
        (["lint", "Doc"], FILES),
        (["fix", "Doc"], FILES),
        (["predict", "di"], FILES),
        (["lint", "--config", "dca"], FILES),
        (["lint", "--severity", "w"], ["warning"]),
        (["lint", "--select", "order/unused"], ["order/unused-arg"]),
        (["fix", "--ignore", "DL3020,order/unused"], ["DL3020,order/unused-arg"]),
        (["rule", "DL3020"], ["DL3020"]),
        (["rule", "nothing"], [""]),
    ],
)
def test_bash_completes(words: list[str], offered: list[str], tmp_path: Path) -> None:
    command = ["bash", "--norc", "-c", SCRIPT, "bash", "dcache", *words]
    ended = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert (ended.stderr, ended.stdout.splitlines()) == ("", offered)


FISH = """
_DCACHE_COMPLETE=fish_source dcache | source
for line in $argv; complete --do-complete "dcache $line" | string replace --regex "\\t.*" ""; echo .; end
"""


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(project: Path) -> None:
    command = ["fish", "--no-config", "-c", FISH, *COMPLETED]
    ended = subprocess.run(command, cwd=project, env=environment(project), capture_output=True, text=True)
    offered = [one.strip("\n") for one in ended.stdout.split(".\n")[:-1]]
    assert ended.stderr == ""
    assert dict(zip(COMPLETED, offered, strict=True)) == {
        typed: whole.replace("\\", "") for typed, whole in COMPLETED.items()
    }


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_describes_commands_whole(project: Path) -> None:
    script = '_DCACHE_COMPLETE=fish_source dcache | source; complete --do-complete "dcache pi"'
    command = ["fish", "--no-config", "-c", script]
    ended = subprocess.run(command, cwd=project, env=environment(project), capture_output=True, text=True)
    assert ended.stdout == "pin\tlook up what Dockerfiles name, and write digests, versions, commits and checksums\n"


ZSHRC = """
PS1=
setopt no_list_beep no_auto_list
autoload -Uz compinit && compinit -u
eval "$(_DCACHE_COMPLETE=zsh_source dcache)"
show() { print -r -- "<$BUFFER>"; BUFFER= }
zle -N show && bindkey '^X' show
ready() { print "<ready>"; zle -D zle-line-init }
zle -N zle-line-init ready
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes(project: Path) -> None:
    (project / ".zshrc").write_text(ZSHRC)
    shown: dict[str, str] = {}
    with terminal(["zsh", "-d", "-i"], project) as shell:
        said(shell)
        for typed in COMPLETED:
            os.write(shell, f"dcache {typed}\t\x18".encode())
            shown[typed] = said(shell)
    assert shown == {
        typed: f"dcache {typed}" if not whole else f"dcache {' '.join([*typed.split()[:-1], whole])}{_behind(whole)}"
        for typed, whole in COMPLETED.items()
    }


def _behind(whole: str) -> str:
    """What zsh writes behind a whole word: what is a directory may go on."""
    return "" if whole.endswith("/") else " "


@contextmanager
def terminal(command: list[str], folder: Path) -> Generator[int]:
    """The terminal of a program that runs in a folder, which is also its home."""
    child, shell = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, {**environment(folder), "TERM": "xterm"})
    try:
        yield shell
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(shell)


def said(shell: int, seconds: float = 60) -> str:
    """The next text in `<>` on a terminal; TimeoutError where none comes."""
    heard, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([shell], [], [], 0.1)[0]:
            heard += os.read(shell, 4096)
            found = re.search(rb"<([^<>\r\n]*)>", heard)
            if found is not None:
                return found[1].decode()
    raise TimeoutError(f"nothing in <> on the terminal: {heard!r}")
