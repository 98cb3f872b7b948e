"""ADD of a remote file without `--checksum`.

## What it finds

`ADD https://…` that gives no digest of what it expects.

## Why it costs

BuildKit asks the server in every build, and downloads the file where it gives no ETag. Other content re-runs the step
and all behind it; and where the server keeps the ETag of what it replaces, the old file stays. With `--checksum` the
key is known without the network, even while the server is down.

## When to allow it

Where the file is meant to be the newest. An ADD of what an API says of a branch (`…/git/refs/heads/main`), which is
there to bust the cache, is left alone, and so are public keys and the checksums of others.

## References

- https://docs.docker.com/reference/dockerfile/#add---checksum
- BuildKit v0.32, source/http/source.go; corpus cases h01 to h13
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ..facts import Facts
from ..moving import is_key
from ..reach import later_steps, step_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a remote file is added without a checksum", "info", on=(Copy,), words=("://",))

BAD = (
    Example("FROM alpine\nADD «https://example.com/x-1.2.tar.gz» /x/\nRUN true\n"),
    Example(
        'FROM alpine\nADD ["https://example.com/x", "/x"]\n'.replace(
            '"https://example.com/x"', '«"https://example.com/x"»'
        )
    ),
)
GOOD = (
    Example(f"FROM alpine\nADD --checksum=sha256:{'0' * 64} https://example.com/x /x\n"),
    Example("FROM alpine\nADD https://github.com/a/b.git#v1 /x\n"),
    Example("FROM alpine\nADD https://api.github.com/repos/a/b/git/refs/heads/main /tmp/head.json\n"),
    Example("FROM alpine\nADD x.tar.gz /x/\n"),
)

_ASKED = (
    "api.github.com/repos/",
    "/git/refs/",
    "/-/commits",
    "/commits/",
    "/api/v4/projects/",
    "worldtimeapi",
    "random",
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if instruction.keyword != "ADD" or not isinstance(body, Copy) or body.checksum is not None:
        return
    for word in body.sources:
        url = word.text
        if not url.startswith(("https://", "http://")) or _is_git(url) or is_key(url):
            continue
        if any(part in url for part in _ASKED):
            continue
        step = step_of(instruction, see)
        after = later_steps(see.graph, step) if see.graph is not None and step is not None else ""
        yield Diagnostic(
            primary=word.span,
            message=f"`{url}` is added without a checksum",
            cost=f"every build asks the server, and whatever else it sends re-runs this step{after}",
            cure="give its digest: `ADD --checksum=sha256:…`",
        )


def _is_git(url: str) -> bool:
    return url.partition("#")[0].partition("?")[0].endswith(".git")
