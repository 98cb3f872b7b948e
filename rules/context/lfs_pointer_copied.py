"""A pointer of Git LFS is copied instead of the file.

## What it finds

A COPY, ADD or bind mount that takes in a file which consists of the three lines that Git LFS keeps in a repository, in
a context whose `.gitattributes` names the filter.

## Why it costs

The build works with a text of 130 bytes in place of the model, the picture or the archive, and caches what it makes of
it. When the real file is fetched, the step misses, and all behind it.

## When to allow it

Where the file is not needed by the image: then keep it out with `.dockerignore`.

## References

- https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
- docker/bake-action#488, docker/build-push-action#312
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError
from ...analyzer.graph import BuildGraph
from ..facts import BuildContext, Facts
from ..reach import counted, later_steps
from ..rule import Diagnostic, Example, Related, Rule
from ..taken import Taken, taken

RULE = Rule("a pointer of Git LFS is copied", "warning")

_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0123456789abcdef\nsize 12345\n"
_FILTER = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
BAD = (
    Example("FROM alpine\nCOPY «model.bin» /m/\n", {"model.bin": _POINTER, ".gitattributes": _FILTER}),
    Example("FROM alpine\nCOPY «.» /m\n", {"a/model.bin": _POINTER, ".gitattributes": _FILTER, ".dockerignore": ""}),
)
GOOD = (
    Example("FROM alpine\nCOPY . /m\n", {"model.bin": "0101", ".gitattributes": _FILTER, ".dockerignore": ""}),
    Example("FROM alpine\nCOPY . /m\n", {"model.bin": _POINTER, ".gitattributes": _FILTER, ".dockerignore": "*.bin\n"}),
    Example("FROM alpine\nCOPY docs /m\n", {"docs/spec.txt": _POINTER}),
    Example("FROM alpine\nCOPY src /m\n", {"src/a": "", "model.bin": _POINTER, ".gitattributes": _FILTER}),
)

_SMALLEST, _LARGEST = 60, 1024
_MOST_READ = 500


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None or not _uses_filter(see.context):
        return
    small = [one for one in taken(see) if one.node.kind == "file" and _SMALLEST <= one.node.size <= _LARGEST]
    found = [one for one in small[:_MOST_READ] if _is_pointer(one, see.context)]
    if not found:
        return
    first = found[0]
    more = f" and {counted(len(found) - 1, 'more pointer')}" if len(found) > 1 else ""
    spans = dict.fromkeys(one.span for one in found)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes `{first.path}`{more} in, a pointer of Git LFS and not the file",
        cost=f"the build works with a text, and the file itself re-runs this step{later_steps(graph, first.step)}",
        cure="run `git lfs pull` before the build (in GitHub Actions: `lfs: true` and `context: .`)",
        related=tuple(Related(span, "takes pointers in too") for span in spans if span != first.span),
    )


def _uses_filter(context: BuildContext) -> bool:
    try:
        return b"filter=lfs" in context.context.tree.read(".gitattributes")
    except (OSError, ContextError):
        return False


def _is_pointer(one: Taken, context: BuildContext) -> bool:
    try:
        data = context.context.tree.read(one.path)
    except (OSError, ContextError):
        return False
    return data.startswith(b"version https://git-lfs.github.com/spec/") and b"\noid sha256:" in data
