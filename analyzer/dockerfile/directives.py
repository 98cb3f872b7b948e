"""The parser directives at the top of a file: `# syntax=`, `# escape=` and `# check=`."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple
from ..source import Span
from .lines import SPACES, Rows
from .syntax import Directive, Problem

NAMES = ("syntax", "escape", "check")
_BLANKS = "\t\f\r "
_NAME = re.compile(f"([a-zA-Z][a-zA-Z0-9]*)[{_BLANKS}]*=")


class Head(NamedTuple):
    """What the rows above the first comment, blank row or instruction say."""

    directives: tuple[Directive, ...]
    problems: tuple[Problem, ...]
    escape: str


def read_head(rows: Rows) -> Head:
    """The directives of a file; they end at the first row that is none (parser/directives.go:ParseLine)."""
    directives: list[Directive] = []
    problems: list[Problem] = []
    escape = "\\"
    for row, start in zip(rows.texts, rows.starts, strict=True):
        stripped = row.lstrip(SPACES)
        if not stripped.startswith("#"):
            break
        content = stripped[1:].rstrip("\r").lstrip(SPACES)
        match = _NAME.match(content)
        if match is None or (name := match[1].lower()) not in NAMES:
            break
        # Go's pattern wants one character at least: of nothing but blanks it takes the last one.
        value = content[match.end() :].strip(_BLANKS) or content[match.end() :][-1:]
        if not value:
            break
        begin = start + len(row) - len(stripped)
        span = Span(begin, begin + len(stripped.rstrip(SPACES)))
        if any(known.name == name for known in directives):
            problems.append(Problem(span, f"only one {name} parser directive can be used"))
        elif name == "escape":
            if value in ("\\", "`"):
                escape = value
            else:
                problems.append(Problem(span, f"invalid escape token '{value}' does not match ` or \\"))
        directives.append(Directive(name, value, span))
    return Head(tuple(directives), tuple(problems), escape)
