"""Files are copied whose modes no other checkout of the repository has.

## What it finds

A COPY, ADD or bind mount that takes in files which their group or everybody may write to (0664, 0666, 0777), in a
directory of a git work tree.

## Why it costs

The mode of a file is part of the step's key, and git keeps no more of it than the execute bit: the umask decides the
rest. A machine with umask 002 and one with 022 never share a cache, and nothing says why. `--chmod` is no cure: the
mode of the source counts all the same.

## When to allow it

Where the cache is not shared with other machines. Modes are looked at only where the directory shows them, and none but
those of what is copied.

## References

- moby/buildkit#4374, moby/moby#32816, devcontainers/cli#153; GitLab's FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR
- BuildKit v0.32, cache/contenthash/filehash.go: NewFromStat; corpus cases c03, c03b and c03e
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy
from ...analyzer.graph import BuildGraph
from ..facts import Facts
from ..reach import counted, later_steps
from ..rule import Diagnostic, Example, Related, Rule
from ..taken import taken

RULE = Rule("files are copied with modes that depend on the machine", "info")

BAD = ()  # a directory on disk is needed: the tests make one
GOOD = (
    Example("FROM alpine\nCOPY . /app\n", {"a.txt": "", "b/c.txt": "", ".dockerignore": ""}),
    Example("FROM alpine\nCOPY --chmod=755 a.sh /app/\n", {"a.sh": ""}),
)

_OTHERS_WRITE = 0o022


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None or see.context.git_ignored is None or not see.context.context.tree.exact_modes:
        return
    found = [one for one in taken(see) if one.node.kind == "file" and one.node.mode & _OTHERS_WRITE]
    if not found:
        return
    first = found[0]
    body = first.step.instruction.body
    chmod = isinstance(body, Copy) and body.chmod is not None
    spans = dict.fromkeys(one.span for one in found)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.path}` is copied with mode `{first.node.mode:04o}`, which lets others write to it"
        + (f", and {counted(len(found) - 1, 'more file')} like it" if len(found) > 1 else ""),
        cost=f"where the umask is another, as in CI, this step{later_steps(graph, first.step)} cannot use the cache"
        + ("; `--chmod` does not take the mode out of the key" if chmod else ""),
        cure="take the bits away before the build: `chmod -R go-w .`, and check out with umask 022",
        related=tuple(Related(span, "takes such files in too") for span in spans if span != first.span),
        confidence="medium",
    )
