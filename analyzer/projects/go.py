"""What a build of Go can read of a module besides its source: what cgo and embed directives name."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase

# Files that `go build` takes for source or settings (go/build, cmd/go/internal/load): all others it only lists.
_SOURCE = re.compile(
    r".*\.(?:go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso|a|o|so|pgo)|go\.(?:mod|sum|work|work\.sum|env)"
)
_EMBED = re.compile(r"^//go:embed[ \t]+(.*)$", re.MULTILINE)
_PATTERN = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`|(\S+)")
_CGO = re.compile(r"^\s*(?:import\s+)?\"C\"", re.MULTILINE)


def is_source(name: str) -> bool:
    """Whether a build of Go may read a file of this name, wherever it lies; tests are among them."""
    return _SOURCE.fullmatch(name) is not None


def uses_cgo(text: str) -> bool:
    """Whether a file of Go has parts in C, which may include any file."""
    return _CGO.search(text) is not None


def embeds(text: str) -> tuple[str, ...]:
    """The patterns of the embed directives of a file of Go, relative to its directory."""
    found: list[str] = []
    for row in _EMBED.findall(text):
        for quoted, raw, plain in _PATTERN.findall(row):
            found.append((quoted or raw or plain).removeprefix("all:"))
    return tuple(found)


def may_embed(folder: str, pattern: str, path: str) -> bool:
    """Whether a pattern in a file of a folder may take a path, what lies below it, or a directory that it lies in."""
    wanted, there = posixpath.normpath(posixpath.join(folder, pattern)).split("/"), path.split("/")
    return all(fnmatchcase(one, part) for one, part in zip(there, wanted, strict=False))
