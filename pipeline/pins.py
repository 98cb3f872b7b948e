"""The lock of a project: found beside its Dockerfiles, read, and turned into bytes."""

from __future__ import annotations

import os

from ..analyzer.files import InputError
from ..analyzer.pins import LOCK, Lock, from_document, to_document


def lock_path(dockerfile: str) -> str:
    """Where the lock of a Dockerfile is, or would be: the nearest above it, else the top of its git work tree.

    Without either it is the folder of the Dockerfile; of standard input, the current one.
    """
    start = os.path.dirname("" if dockerfile == "-" else dockerfile) or os.curdir
    folder = os.path.abspath(start)
    while True:
        path = os.path.join(folder, LOCK)
        if os.path.isfile(path) or os.path.exists(os.path.join(folder, ".git")):
            return _shown(path)
        above = os.path.dirname(folder)
        if above == folder:
            return os.path.join(start, LOCK) if start != os.curdir else LOCK
        folder = above


def load_lock(path: str) -> Lock:
    """The lock in a file, empty where there is none; InputError where it is not one."""
    import json

    from ..schemas import violation

    try:
        with open(path, "rb") as file:
            document = json.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return Lock()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: not JSON; mend it, or delete it and run `dcache pin --update`") from None
    wrong = violation("pins", document)
    if wrong:
        raise InputError(f"{path}: {wrong}; mend it, or delete it and run `dcache pin --update`")
    try:
        return from_document(document)
    except ValueError as error:
        raise InputError(f"{path}: {error}; mend it, or delete it and run `dcache pin --update`") from None


def lock_bytes(lock: Lock) -> bytes:
    """A lock as its file holds it."""
    import json

    return (json.dumps(to_document(lock), indent=2) + "\n").encode()


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
