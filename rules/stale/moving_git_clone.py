"""A RUN clones a branch: the cache keeps the commit of the day on which the step first ran.

## What it finds

`git clone` of the default branch, or of one named with `--branch`, where no commit and no tag is checked out afterwards
in the same stage.

## Why it costs

The key of a RUN is its text, not what it fetches. While the cache holds the step, the image is built from an old commit
without a word; where the cache is empty, on another machine, the same file builds another image.

## When to allow it

Where the repository is only a tool whose age does not matter. A clone behind an ARG that is there to bust the cache
(`CACHEBUST`), or behind an ADD of a remote address, is left alone. A tag is not reported here: see
`pinning/git-clone-unpinned`. Clones whose reference only a build argument tells are not reported.

## References

- https://docs.docker.com/build/cache/invalidation/#run-instructions
- https://docs.docker.com/reference/dockerfile/#add (a branch of a Git repository is looked up in every build)
- BuildKit v0.32, solver/llbsolver/ops/exec.go: CacheMap; corpus cases r21, g02 and g03
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque, run_text
from ...analyzer.shell.fetches import Clone, checked_out, clones
from ..facts import Facts
from ..moving import is_renewed, place, ref_kind, resolved
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a branch is cloned, and the cache keeps its old commit", "warning", on=(Run,), words=("clone",))

BAD = (
    Example("FROM alpine/git\nRUN git clone «https://github.com/a/b» /src\n"),
    Example("FROM debian:12\nRUN cd /opt && git clone --depth 1 -b main «https://github.com/a/b.git» && make -C b\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN git clone --depth 1 --branch v1.2.3 https://github.com/a/b.git\n"),
    Example("FROM debian:12\nRUN git clone https://github.com/a/b && cd b && git checkout 0123456789abcdef\n"),
    Example("FROM debian:12\nARG REF\nRUN git clone -b $REF https://github.com/a/b.git\n"),
    Example("FROM debian:12\nADD https://github.com/a/b.git#main /src\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "clone" not in run_text(instruction):
        return
    read = see.commands(instruction)
    found = [
        one
        for one in clones(read)
        if _moves(one.ref, instruction, see) and not resolved(one.remote, instruction, see).startswith("$")
    ]
    if not found or _is_pinned_later(instruction, see) or is_renewed(instruction, see):
        return
    for clone in found:
        yield _told(clone, instruction, see)


def _told(clone: Clone, instruction: Instruction, see: Facts) -> Diagnostic:
    branch = f"the branch `{clone.ref}`" if clone.ref else "the default branch"
    return Diagnostic(
        primary=place(clone.remote, clone.command.span, see),
        message=f"`git clone {clone.remote}` takes {branch}, which moves while the step's key does not",
        cost="new commits are not seen as long as the step is cached, and another machine builds other code",
        cure="check out a commit or a tag (`--branch v1.2.3`), or use `ADD`: it looks for new commits",
        confidence="high" if clone.command.certain else "medium",
    )


def _moves(ref: str | None, instruction: Instruction, see: Facts) -> bool:
    return ref_kind(None if ref is None else resolved(ref, instruction, see)) == "branch"


def _is_pinned_later(instruction: Instruction, see: Facts) -> bool:
    """Whether the same RUN or a later one of the stage checks out something that is not plainly a branch."""
    for one in see.dockerfile.stages[instruction.stage].instructions[instruction.index :]:
        if not isinstance(one.body, Run):
            continue
        text = run_text(one)
        if "git" not in text:
            continue
        read = see.commands(one)
        if isinstance(read, Opaque):
            if any(verb in text for verb in ("checkout", "reset", "switch", "fetch")):
                return True
            continue
        refs = [ref for ref in checked_out(read) if ref not in (".", "HEAD", "origin")]
        if any(ref_kind(resolved(ref, one, see)) != "branch" and not _is_newest(ref) for ref in refs):
            return True
    return False


def _is_newest(ref: str) -> bool:
    """Whether a reference is whatever tag is the newest."""
    return ref.startswith(("$(", "`")) and any(word in ref for word in ("describe", "rev-list", "tag", "latest"))
