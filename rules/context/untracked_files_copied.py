"""Files that git ignores are part of what is copied.

## What it finds

A COPY, ADD or bind mount of the whole context that takes in files which `.gitignore` keeps out of the repository and
`.dockerignore` does not keep out of the build.

## Why it costs

They exist on this machine only, and change without a commit: the step misses here, and no other machine can use what it
leaves in a shared cache. A clone builds another image.

## When to allow it

Where the build is given what was built before. Files that a source names are not reported, nor what
`context/generated-files-copied` and `context/secret-file-copied` say; new files that git does not ignore are left
alone: they are about to be added.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..facts import Facts
from ..measured import measured_from
from ..reach import later_steps
from ..rule import Diagnostic, Example, Rule
from ..taken import GENERATED, Taken, taken

RULE = Rule("files that git ignores are copied", "info")


class Evidence(NamedTuple):
    """The files and directories, by their paths in the context."""

    paths: tuple[str, ...]


BAD = ()  # a work tree is needed: the tests make one
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {".gitignore": "*.log\n", "debug.log": "", ".dockerignore": ""}),
    Example("FROM alpine\nCOPY src /app\n", {"src/a.c": ""}),
)

_TOLD_ELSEWHERE = frozenset({"dist", "build", "out", "vendor", "coverage", "target", "bin", "obj", ".env"}) | GENERATED
_DEEPEST = 3
_MOST_ASKED = 1000


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None or see.context.git_ignored is None:
        return
    asked = [one for one in taken(see) if _is_asked(one)][:_MOST_ASKED]
    if not asked:
        return
    ignored = see.context.git_ignored(tuple(one.path for one in asked))
    found = [one for one in asked if one.path in ignored and one.path.rpartition("/")[0] not in ignored]
    if not found:
        return
    first = found[0]
    listed = " and ".join(f"`{one.path}`" for one in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    into = f"`{see.context.ignore_file}`" if see.context.ignore_file else "a new `.dockerignore`"
    took = measured_from(first.step, see)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes {listed}{more} in, which git ignores",
        cost=f"{'it is' if len(found) == 1 else 'they are'} on this machine only, and what changes there re-runs this "
        f"step{later_steps(graph, first.step)}{took}",
        cure=f"list {'it' if len(found) == 1 else 'them'} in {into} too",
        confidence="medium",
        evidence=Evidence(tuple(one.path for one in found)),
    )


def _is_asked(one: Taken) -> bool:
    parts = one.path.split("/")
    return one.whole and len(parts) <= _DEEPEST and _TOLD_ELSEWHERE.isdisjoint(parts) and parts[0] != ".git"
