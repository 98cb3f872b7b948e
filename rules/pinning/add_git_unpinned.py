"""ADD of a Git repository that follows a branch.

## What it finds

`ADD https://…/repo.git` without a reference, or with that of a branch, where no commit is given.

## Why it costs

BuildKit looks the branch up in every build: a push that touches what is added re-runs the step and all behind it, and
two machines build different code. The cache is never stale here, unlike that of a `git clone` in a RUN.

## When to allow it

Where the build is meant to follow the branch, which this is the right way to do. A tag is reported only at low
confidence; references that a variable tells are not reported.

## References

- https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository
- BuildKit v0.32, source/git/source.go: shaToCacheKey; corpus cases g01 to g08
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ..facts import Facts
from ..moving import ref_kind, resolved
from ..reach import later_steps, step_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a branch of a repository is added", "info", on=(Copy,), words=("git",))

BAD = (
    Example("FROM alpine\nADD «https://github.com/a/b.git» /src\nRUN true\n"),
    Example("FROM alpine\nADD «git@github.com:a/b.git#main:docs» /src\n"),
)
GOOD = (
    Example("FROM alpine\nADD https://github.com/a/b.git#0123456789012345678901234567890123456789 /src\n"),
    Example("FROM alpine\nADD https://github.com/a/b.git#v1.2.3 /src\n"),
    Example("FROM alpine\nARG REF\nADD https://github.com/a/b.git#${REF} /src\n"),
    Example(
        "FROM alpine\nADD --checksum=0123456789012345678901234567890123456789 https://github.com/a/b.git#main /src\n"
    ),
    Example("FROM alpine\nADD https://example.com/b.tar.gz /src\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if instruction.keyword != "ADD" or not isinstance(body, Copy) or body.checksum is not None:
        return
    for word in body.sources:
        address, _, fragment = resolved(word.text, instruction, see).partition("#")
        if not _is_git(address) or any(f"{name}=" in address for name in ("checksum", "commit", "tag")):
            continue
        ref = fragment.partition(":")[0]
        kind = ref_kind(ref or None) if "ref=" not in address and "branch=" not in address else "branch"
        if kind not in ("branch", "tag"):
            continue
        step = step_of(instruction, see)
        after = later_steps(see.graph, step) if see.graph is not None and step is not None else ""
        what = "tag" if kind == "tag" else "branch"
        yield Diagnostic(
            primary=word.span,
            message=f"`{word.text}` follows {f'the {what} `{ref}`' if ref else 'the default branch'}",
            cost=f"what it names is looked up in every build, and a change re-runs this step{after}",
            cure="name the commit: `repo.git#<commit>`, or `--checksum=<commit>` beside the name",
            confidence="low" if kind == "tag" else "high",
        )


def _is_git(address: str) -> bool:
    scheme = address.startswith(("git@", "git://", "ssh://"))
    return scheme or (address.startswith(("https://", "http://")) and address.partition("?")[0].endswith(".git"))
