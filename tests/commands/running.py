"""Runs the command line in this process, and makes small projects for it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dcache.cli.main import main

# A git without the settings and hooks of whoever runs the tests.
QUIET_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


class Ended(NamedTuple):
    """What a command left: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on standard output."""
        return json.loads(self.out)


def dcache(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ended:
    """Run `dcache` with these arguments."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    written = capsys.readouterr()
    return Ended(int(end.value.code or 0), written.out, written.err)


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write these files; the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def commit(folder: Path, files: dict[str, str]) -> None:
    """Write these files and commit everything, in a new repository where there is none."""
    write(folder, files)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, env={**os.environ, **QUIET_GIT})


def verdicts(document: Any) -> list[str]:
    """The verdict of every step that the target needs."""
    return [step["verdict"] for step in document["steps"] if step["verdict"] != "unused"]
