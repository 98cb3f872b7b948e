"""Files that people name: read here, or told why not."""

from __future__ import annotations

import errno
import os
import stat


class InputError(Exception):
    """Something given that cannot be used; the message is one line: what, where, and what to do."""


def cache_folder() -> str:
    """Where dcache keeps what it finds out: `dcache` in $XDG_CACHE_HOME, which is ~/.cache where it is not set."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    folder = folder if os.path.isabs(folder) else os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(folder, "dcache")


def read_file(path: str, cure: str = "name it with -f, or give the context's directory") -> bytes:
    """The bytes of a Dockerfile; InputError with what to do, the `cure` where there is no such file."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise InputError(f"no Dockerfile at `{path}`; {cure}") from None
    except IsADirectoryError:
        raise InputError(f"`{path}` is a directory; name the Dockerfile itself") from None
    except PermissionError:
        raise InputError(f"`{path}` cannot be read: permission denied; check its owner and mode") from None
    except OSError as error:
        raise InputError(f"`{path}` cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise InputError(f"`{path}` is a binary file (it holds a NUL byte), not a Dockerfile")
    return data


def read_regular(path: str) -> bytes:
    """The bytes of a file that was found, not named: a pipe or a device in its place is an OSError, not a wait."""
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        return file.read()
