"""A line of the ignore file does not do what it looks like.

## What it finds

Lines that match nothing because they are written as for another program: with a comment behind the pattern, in quotes,
with a path that leads out of the context; exceptions (`!`) before which nothing is ignored, or that undo the very line
above them; and `*.log` and the like, which keep out only the files of the root, while files below it are copied.

## Why it costs

What was to be kept out is part of the context: each change of it makes the step miss, and all behind it.

## When to allow it

Never, for what has no effect. Patterns without a slash mean the root of the context alone, unlike those of git; they
are reported only for files that programs leave behind everywhere, and only where such a file is copied.

## References

- https://docs.docker.com/build/concepts/context/#syntax
- moby/patternmatcher, ignorefile.ReadAll; moby/buildkit frontend/dockerui/config.go: dockerIgnorePatterns
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..copies import whole_takers
from ..facts import Facts
from ..reach import later_steps
from ..rule import Diagnostic, Example, Rule
from ..taken import Taken, taken

RULE = Rule("a line of the ignore file has no effect", "info")


class Evidence(NamedTuple):
    """The row of the ignore file, counted from 0, and what it should say, nothing to go.

    `dead` is True where the row matches nothing, whatever lies in the context.
    """

    row: int
    wanted: str
    dead: bool


BAD = (
    Example("FROM alpine\nCOPY «.» /app\n", {"a": "", "notes": "", ".dockerignore": "notes # mine\n"}),
    Example("FROM alpine\nCOPY «.» /app\n", {"a": "", "notes": "", ".dockerignore": '"notes"\n'}),
    Example("FROM alpine\nCOPY «.» /app\n", {"a": "", "b": "", ".dockerignore": "!a\nb\n"}),
    Example("FROM alpine\nCOPY «.» /app\n", {"a": "", "x/y.log": "", ".dockerignore": "*.log\n"}),
)
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "notes": "", ".dockerignore": "# mine\nnotes\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "b": "", ".dockerignore": "*\n!a\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "x/y.log": "", ".dockerignore": "**/*.log\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", "x/tests/y": "", ".dockerignore": "tests\n"}),
    Example("FROM alpine\nCOPY . /app\n", {"a": "", ".dockerignore": "notes\n"}),
    Example("FROM alpine\nCOPY a /app\n", {"a": "", "notes": "", ".dockerignore": "notes # mine\n"}),
)

_LEFT_EVERYWHERE = frozenset(
    "*.log *.pyc *.pyo *.swp *.swo *.tmp *.bak *.orig *.rej .DS_Store Thumbs.db *.iml *.class npm-debug.log*".split()
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    context = see.context
    if context is None or context.ignore_file is None or not context.ignore_text.strip():
        return
    found = list(_faults(context.ignore_text, see))
    takers = whole_takers(graph, context) if found else []
    if not takers:
        return
    first = takers[0]
    for number, line, why, cure, evidence in found:
        yield Diagnostic(
            primary=first.span,
            message=f"line {number} of `{context.ignore_file}`, `{line}`, {why}",
            cost=f"what it was to keep out re-runs this step{later_steps(graph, first.step)}",
            cure=cure,
            confidence="medium",
            evidence=evidence,
        )


def _faults(text: str, see: Facts) -> Iterator[tuple[int, str, str, str, Evidence | None]]:
    """The number of a line, the line, what is wrong with it, what to do, and that as evidence where it is sure."""
    above: list[str] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.strip()
        if not line or raw.startswith("#"):
            continue
        pattern, mark, comment = line.partition(" #")
        pattern = pattern.strip()
        if mark:
            why, cure = "ends in a comment, which is taken for part of the pattern", f"write `{pattern}`"
            yield number, line, why, cure, Evidence(number - 1, f"#{comment}\n{pattern}", dead=False)
        elif len(line) > 2 and line[0] == line[-1] and line[0] in "\"'":
            why = "stands in quotes, which are taken for part of the name"
            yield number, line, why, f"write `{line[1:-1]}`", Evidence(number - 1, line[1:-1], dead=False)
        elif line.startswith(("../", "!../")):
            yield number, line, "leads out of the context", "remove it", Evidence(number - 1, "", dead=True)
        elif line.startswith("!") and not any(not one.startswith("!") for one in above):
            cure = "remove it, or move it below the line it is about"
            yield number, line, "re-includes what nothing above it ignores", cure, Evidence(number - 1, "", dead=True)
        elif line.startswith("!") and above and line[1:].strip() == above[-1]:
            yield number, line, "undoes the line above it", "remove both, or name something smaller", None
        elif line in _LEFT_EVERYWHERE:
            below = _copied_below(line, see)
            if below is not None:
                why = f"is about the root alone, and `{below.path}` is copied"
                yield number, line, why, f"write `**/{line}`", Evidence(number - 1, f"**/{line}", dead=False)
        above.append(line)


def _copied_below(pattern: str, see: Facts) -> Taken | None:
    return next(
        (
            one
            for one in taken(see)
            if "/" in one.path and one.node.kind == "file" and fnmatchcase(one.path.rpartition("/")[2], pattern)
        ),
        None,
    )
