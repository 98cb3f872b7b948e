"""What bash is given to complete, by its own script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
eval "$(_DCACHE_COMPLETE=bash_source dcache)"
compopt() { echo "files"; }  # readline does it then, which is not there
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _dcache_completion dcache
printf '%s\\n' "${COMPREPLY[@]}"
"""

FILES = ["files", ""]


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
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", "--norc", "-c", SCRIPT, "bash", "dcache", *words]
    ended = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert (ended.stderr, ended.stdout.splitlines()) == ("", offered)
