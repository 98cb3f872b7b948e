"""Reading Dockerfiles: text to instructions and stages, lossless."""

from __future__ import annotations

from .expansion import ExpansionError, expand, expand_words, names
from .reader import parse

__all__ = ["ExpansionError", "expand", "expand_words", "names", "parse"]
