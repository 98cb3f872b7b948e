"""Asks the program ShellCheck about scripts: the one place that starts it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..source import Span
from .scripts import Script

_SECONDS = 120
# Sourced files are not there to be followed, and `ash` is one of its dialects by now.
_EXCLUDED = "SC1090,SC1091,SC2187"
MISSING = (
    "ShellCheck is selected, but there is no program `shellcheck`: install it, or the extra `dcache-lint[shellcheck]`"
)


class Remark(NamedTuple):
    """What ShellCheck says of a place: `code` as in SC2086, `level` error, warning, info or style."""

    code: str
    level: str
    message: str
    span: Span


class ShellCheckFailed(Exception):
    """ShellCheck is not there, or could not do its work; the message is one line."""


def remarks(scripts: Sequence[Script], preludes: Sequence[str]) -> list[list[Remark]]:
    """What ShellCheck says of each script, one process for all; ShellCheckFailed.

    A prelude is set before its script: the variables that are known there and ShellCheck's own directives.
    """
    if not scripts:
        return []
    import json
    import subprocess
    import tempfile

    program = _program()
    with tempfile.TemporaryDirectory(prefix="dcache-") as folder:
        names = [os.path.join(folder, str(number)) for number in range(len(scripts))]
        for name, script, prelude in zip(names, scripts, preludes, strict=True):
            with open(name, "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(f"#!/bin/{script.dialect}\n{prelude}{script.text}\n")
        command = [program, "--format=json1", "--norc", f"--exclude={_EXCLUDED}", *names]
        quiet = {name: value for name, value in os.environ.items() if name != "SHELLCHECK_OPTS"}
        try:
            ended = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS, env=quiet)
            said = json.loads(ended.stdout)["comments"]
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
            raise ShellCheckFailed(f"ShellCheck failed: {type(error).__name__}: {error}".splitlines()[0]) from error
    found: list[list[Remark]] = [[] for _ in scripts]
    for one in said:
        number = int(os.path.basename(one["file"]))
        above = 1 + preludes[number].count("\n")
        if one["line"] > above:
            start, end = (one["line"] - above, one["column"]), (one["endLine"] - above, one["endColumn"])
            span = scripts[number].span(start, end)
            found[number].append(Remark(f"SC{one['code']}", one["level"], one["message"], span))
    return found


def _program() -> str:
    """The program on the path, or the one that was installed beside this Python."""
    import shutil
    import sys

    beside = os.path.dirname(sys.executable)
    found = shutil.which("shellcheck") or shutil.which("shellcheck", path=beside)
    if found is None:
        raise ShellCheckFailed(MISSING)
    return found
