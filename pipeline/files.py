"""Files that people name: Dockerfiles read, outputs written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ..analyzer.files import read_file
from ..analyzer.source import SourceFile, decode


def read_source(path: str, stdin: bytes | None = None) -> SourceFile:
    """One Dockerfile; `-` is standard input."""
    if path == "-":
        return decode(path, stdin or b"")
    return decode(path, read_file(path, "name a file that there is, or a directory to look for them in"))


def write_file(data: bytes, path: str) -> None:
    """Write to a new file that takes the place of the old one; what is no regular file is written to as it is."""
    if path == "-":
        sys.stdout.buffer.write(data)
    else:
        write_files({path: data})


def write_files(data: Mapping[str, bytes]) -> None:
    """Write several files, all of them or none: new ones take the places of the old, whose modes they have.

    Links are followed. What is no regular file, a pipe or a device, is written to as it is. OSError where one cannot be
    written: then all are as they were.
    """
    parts: dict[str, str] = {}
    replaced: dict[str, str | None] = {}
    try:
        for path, content in data.items():
            target = os.path.realpath(path)
            if os.path.exists(target) and not os.path.isfile(target):
                with open(target, "wb") as file:
                    file.write(content)
            else:
                parts[target] = _staged(content, target)
        for target, part in parts.items():
            old = f"{part}.old" if os.path.exists(target) else None
            if old is not None and len(parts) > 1:
                _copy(target, old)
            os.replace(part, target)
            replaced[target] = old
    except OSError:
        for target, old in replaced.items():
            os.unlink(target) if old is None else os.replace(old, target)
        raise
    finally:
        for part in parts.values():
            for left in (part, f"{part}.old"):
                if os.path.lexists(left):
                    os.unlink(left)


def _staged(content: bytes, target: str) -> str:
    """The path of a new file beside a target, with its mode."""
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "xb") as file:
            if os.path.exists(target):
                os.chmod(part, os.stat(target).st_mode & 0o7777)
            file.write(content)
    except BaseException:
        if os.path.lexists(part):
            os.unlink(part)
        raise
    return part


def _copy(path: str, to: str) -> None:
    """A copy with the same mode."""
    import shutil  # a lint does without it

    shutil.copy2(path, to)
