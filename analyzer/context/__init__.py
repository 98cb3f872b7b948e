"""Build contexts: what a build is sent, what a source selects of it, and whether that is the same as before."""

from __future__ import annotations

from .ignore import NOTHING_IGNORED, Ignore, read_ignore
from .match import has_wildcard, match
from .selection import Context, Selection, ignored, matched, matches, paths, selection
from .tree import ContextError, Denied, Node, Tree

__all__ = [
    "NOTHING_IGNORED",
    "Context",
    "ContextError",
    "Denied",
    "Ignore",
    "Node",
    "Selection",
    "Tree",
    "has_wildcard",
    "ignored",
    "match",
    "matched",
    "matches",
    "paths",
    "read_ignore",
    "selection",
]
