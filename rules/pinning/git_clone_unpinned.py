"""A RUN clones a tag, and whoever owns the repository can move it.

## What it finds

`git clone --branch v1.2.3` and `git clone` with `git checkout v1.2.3`, where no commit is checked out.

## Why it costs

A tag is a name: it can be deleted and set again, and then the same text builds other code wherever the cache is empty.

## When to allow it

Where the owner of the repository is trusted not to move tags: off by default, for it is near universal. Clones of a
branch are `stale/moving-git-clone`, never both.

## References

- https://git-scm.com/docs/git-tag#_on_re_tagging
- https://slsa.dev/spec/v1.0/requirements
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque, run_text
from ...analyzer.shell.fetches import checked_out, clones
from ..facts import Facts
from ..moving import place, ref_kind, resolved
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a tag is cloned, and tags can be moved", "info", on=(Run,), default=False, words=("clone",))

BAD = (
    Example("FROM debian:12\nRUN git clone --depth 1 --branch v1.2.3 «https://github.com/a/b.git»\n"),
    Example("FROM debian:12\nARG V=v1.2.3\nRUN git clone -b $V «https://github.com/a/b.git»\n"),
    Example("FROM debian:12\nRUN git clone «https://github.com/a/b.git» && cd b && git checkout v1.2.3\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN git clone https://github.com/a/b && cd b && git checkout 0123456789abcdef\n"),
    Example("FROM debian:12\nRUN git clone -b v1.2 https://github.com/a/b && git -C b reset --hard 0123456789abcdef\n"),
    Example("FROM debian:12\nRUN git clone https://github.com/a/b\n"),
    Example("FROM debian:12\nARG V\nRUN git clone -b $V https://github.com/a/b\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "clone" not in run_text(instruction):
        return
    read = see.commands(instruction)
    later = [(ref, ref_kind(resolved(ref, instruction, see))) for ref in checked_out(read)]
    if isinstance(read, Opaque) or any(kind in ("commit", "unknown") for _, kind in later):
        return
    for clone in clones(read):
        ref = clone.ref if clone.ref is not None else next((one for one, kind in later if kind == "tag"), None)
        if ref is not None and ref_kind(resolved(ref, instruction, see)) == "tag":
            yield Diagnostic(
                primary=place(clone.remote, clone.command.span, see),
                message=f"`{ref}` of `{clone.remote}` is a tag",
                cost="its owner can move it: another machine may then build other code from the same text",
                cure="check out the commit, and keep the tag in a comment",
            )
