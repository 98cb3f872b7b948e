"""What the clients on this machine are told: their settings files, and what they say when they are asked."""

from __future__ import annotations

import os
import shutil
import subprocess

from .http import Unresolved

_SECONDS = 60


def settings_text(path: str) -> str | None:
    """The text of a settings file, None where there is none; Unresolved where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unresolved(f"{path}: {error.strerror}") from None


def asked(*command: str) -> str:
    """What a client prints about its settings, outside of any project; "" where it is not installed or fails."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        ended = subprocess.run(
            [program, *command[1:]],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            cwd=os.path.expanduser("~"),
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise Unresolved(f"`{' '.join(command)}` did not end within {_SECONDS} s") from None
    return "" if ended.returncode else ended.stdout.strip()
