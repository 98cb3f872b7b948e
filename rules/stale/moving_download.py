"""A RUN downloads from an address that says that it moves: the cache keeps what lay there when the step first ran.

## What it finds

curl, wget or aria2c with an address that names `latest`, `nightly` or a branch (`/main/`, `refs/heads/…`), also inside
`$(…)`, as where the newest version is looked up.

## Why it costs

The key of a RUN is its text, not what it fetches. While the cache holds the step, an old file is used without a word;
where the cache is empty, on another machine, the same text brings another one.

## When to allow it

Where the file is a list or a tool whose age does not matter. Public keys and checksums are left alone, and so are files
that are compared with a checksum in the same RUN (there the build fails instead), steps behind an ARG that is there to
bust the cache, and steps behind an ADD of a remote address. Addresses that name neither a version nor anything that
moves are `pinning/download-unpinned`, never both.

## References

- https://docs.docker.com/build/cache/invalidation/#run-instructions
- BuildKit v0.32, solver/llbsolver/ops/exec.go: CacheMap; corpus case r21
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import run_text
from ...analyzer.shell.fetches import downloads
from ..facts import Facts
from ..moving import holds_checksum, is_renewed, moving_part, place, resolved
from ..rule import Diagnostic, Example, Rule

RULE = Rule("what is downloaded moves, and the cache keeps the old file", "warning", on=(Run,), words=("://",))

BAD = (
    Example("FROM debian:12\nRUN curl -fsSLo /x «https://example.com/releases/latest/x»\n"),
    Example("FROM debian:12\nRUN wget -q «https://raw.githubusercontent.com/a/b/master/install.sh» -O- | sh\n"),
    Example("FROM debian:12\nRUN V=$(curl -s «https://api.github.com/repos/a/b/releases/latest») && echo $V\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN curl -fsSLo /x https://example.com/releases/1.2.3/x\n"),
    Example("FROM debian:12\nRUN wget https://raw.githubusercontent.com/a/b/v1.2.3/install.sh\n"),
    Example("FROM debian:12\nARG V\nRUN curl -o /x https://example.com/$V/x\n"),
    Example("FROM debian:12\nRUN curl -o /k https://example.com/latest/key.asc\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "://" not in run_text(instruction):
        return
    seen: set[str] = set()
    for one in downloads(see.commands(instruction)):
        part = moving_part(resolved(one.url, instruction, see))
        if part is None or one.url in seen:
            continue
        seen.add(one.url)
        if holds_checksum(instruction) or is_renewed(instruction, see):
            return
        yield Diagnostic(
            primary=place(one.url, one.command.span, see),
            message=f"`{part}` in what `{one.command.program}` fetches moves, while the step's key does not",
            cost="the old file is used as long as the step is cached, and another machine gets another one",
            cure="name a version, best with its checksum, or use `ADD`: it asks the server in every build",
            confidence="high" if one.command.certain else "medium",
        )
