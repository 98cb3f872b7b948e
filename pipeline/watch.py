"""Tells when what a lint reads may have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ..analyzer.files import InputError
from ..config import ConfigError, candidates, forget
from .lint import LintRequest, lint_config, lint_files

_LOOK_AFTER = 500  # milliseconds

# What tells a file from the one that was there before, by its path; None where there is none.
_Stamps = dict[str, tuple[int, ...] | None]


def changes(request: LintRequest) -> Iterator[None]:
    """Yields at once, then whenever what a lint reads may have changed since; InputError where nothing can be watched.

    Directories that are linted or are contexts are watched with all below them, but for what git and package managers
    keep there. The Dockerfiles themselves, and settings, are looked at besides: settings may lie elsewhere, a file may
    change before the watch has begun, and some file systems tell nothing.
    """
    try:
        from watchfiles import watch
    except ImportError:
        raise InputError("--watch needs watchfiles: pip install 'dcache-lint[watch]'") from None
    folders, stamps = _folders(request), _stamps(_read(request))
    yield
    while True:
        try:
            for changed in watch(*folders, rust_timeout=_LOOK_AFTER, yield_on_timeout=True):
                if changed or _stamps(stamps) != stamps:
                    forget()
                    stamps = _stamps(_read(request))
                    yield
                if _folders(request) != folders:
                    break  # a directory that was moved away and made anew is another one, which nobody watches
        except FileNotFoundError:
            pass  # removed a moment ago
        except (OSError, RuntimeError) as error:
            raise InputError(f"`{'`, `'.join(folders)}` cannot be watched: {error}") from None
        folders = _folders(request)


def _folders(request: LintRequest) -> _Stamps:
    """The directories that there are to watch."""
    folders = {path if os.path.isdir(path) else os.path.dirname(path) or os.curdir for path in request.paths}
    for path in request.paths:
        try:
            context = lint_config(request, path).values["context"]
        except ConfigError:
            continue  # the lint says so
        folders |= {context} if context is not None else set()
    return {folder: stamp and stamp[:2] for folder, stamp in _stamps(folders).items() if stamp is not None}


def _read(request: LintRequest) -> Iterator[str]:
    """The files to look at: Dockerfiles, what their builds ignore, and settings, whether they exist or not."""
    yield from (path for path in (request.config, request.baseline) if path)
    try:
        for path in request.paths:
            yield from candidates(path if os.path.isdir(path) else os.path.dirname(path))
        files = lint_files(request)
    except (ConfigError, InputError):
        return  # the lint says so
    for path in files:
        yield from (path, f"{path}.dockerignore", os.path.join(os.path.dirname(path), ".dockerignore"))


def _stamps(paths: Iterable[str]) -> _Stamps:
    return {path: _stamp(path) for path in paths}


def _stamp(path: str) -> tuple[int, ...] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
