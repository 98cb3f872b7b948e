"""Paths as BuildKit normalises them (util/system/path.go, client/llb/fileop.go, v0.32)."""

from __future__ import annotations

from .steps import UNKNOWN_VALUE, UNKNOWN_WORKDIR


def clean(path: str) -> str:
    """The path without `.`, `..` and doubled slashes; absolute stays absolute, and never climbs over the root."""
    head = UNKNOWN_WORKDIR if path.startswith(UNKNOWN_WORKDIR) else ""
    rooted = path.startswith("/") or bool(head)
    parts: list[str] = []
    for part in path.removeprefix(UNKNOWN_WORKDIR).split("/"):
        if part == ".." and (parts or rooted):
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    joined = "/".join(parts)
    if head:
        return head + (f"/{joined}" if joined else "")
    return f"/{joined}" if rooted else joined or "."


def _absolute(path: str) -> bool:
    return path.startswith(("/", UNKNOWN_WORKDIR, UNKNOWN_VALUE[0]))


def workdir(current: str, path: str) -> str:
    """The working directory after `WORKDIR path`: as written where absolute, else joined and cleaned [r16f]."""
    if not path:
        return current
    return path if _absolute(path) else clean(f"{current}/{path}")


def destination(current: str, path: str) -> str:
    """The destination of a copy: absolute and clean, a slash (or `/.`) at its end kept [c19b]."""
    if path in (".", ""):
        path = "./"
    cleaned = clean(path if _absolute(path) else f"{current}/{path}")
    if path.endswith("/"):
        return cleaned if cleaned.endswith("/") else cleaned + "/"
    if path.endswith("/."):
        return cleaned.rstrip("/") + "/."
    return cleaned


def rooted(path: str) -> str:
    """A source path below the root of its origin: absolute and clean."""
    return clean("/" + path)


def basename(path: str) -> str:
    """What Go's path.Base gives for a clean absolute path: "/" for the root."""
    return path.rpartition("/")[2] or "/"


def below(path: str, directory: str) -> bool:
    """Whether a clean path is the directory or lies in it."""
    return path == directory or directory == "/" or path.startswith(directory + "/")
