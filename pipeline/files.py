"""Files that people name: Dockerfiles read, outputs written whole or not at all."""

from __future__ import annotations

import os
import sys

from ..analyzer.files import read_file
from ..analyzer.source import SourceFile, decode


def read_source(path: str, stdin: bytes | None = None) -> SourceFile:
    """One Dockerfile; `-` is standard input."""
    return decode(path, stdin or b"") if path == "-" else decode(path, read_file(path))


def write_file(data: bytes, path: str) -> None:
    """Write to a new file that takes the place of the old one; what is no regular file is written to as it is."""
    target = os.path.realpath(path)
    if path == "-":
        sys.stdout.buffer.write(data)
    elif os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            file.write(data)
    else:
        part = f"{target}.{os.getpid()}.part"
        try:
            with open(part, "xb") as file:
                file.write(data)
            os.replace(part, target)
        finally:
            if os.path.lexists(part):
                os.unlink(part)
