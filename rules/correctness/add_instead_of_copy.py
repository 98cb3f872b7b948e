"""ADD is used where COPY does the same.

## What it finds

ADD whose sources are neither addresses, nor git repositories, nor archives that it unpacks.

## Why it costs

ADD unpacks what looks like an archive and downloads what looks like an address: whether it does depends on the name and
the content of the file.

## When to allow it

Where the name in a variable is that of an archive.

## References

- https://docs.docker.com/build/building/best-practices/#add-or-copy
- https://github.com/hadolint/hadolint/wiki/DL3020
- hadolint reports git addresses that ADD clones; they are not reported here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction
from ..archives import is_archive
from ..environments import value_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("ADD is used where COPY does the same", "warning", ("DL3020", "CKV_DOCKER_4", "DS-0005"), (Copy,))

BAD = (Example("FROM alpine\n«ADD» app.py /app/\n"), Example("FROM alpine\n«ADD» . /app\n"))
GOOD = (
    Example("FROM alpine\nCOPY app.py /app/\n"),
    Example("FROM alpine\nADD rootfs.tar.xz /\n"),
    Example("FROM alpine\nADD https://example.com/x /x\n"),
    Example("FROM alpine\nADD git@example.com:a/b.git /b\n"),
    Example("FROM alpine\nARG URL=https://example.com/x\nADD $URL /x\n"),
    Example("FROM alpine\nONBUILD ADD . /app\n"),
)

_REMOTE = ("http://", "https://", "git@", "git://", "ssh://", "github.com/")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if (
        instruction.keyword != "ADD"
        or not isinstance(body, Copy)
        or body.unpack is not None
        or see.is_trigger(instruction)
    ):
        return
    for word in body.sources:
        value = value_of(word.text, word.span, instruction, see)
        text = (word.text if value is None else value).strip("\"'")
        if not text.startswith(_REMOTE) and not is_archive(text):
            yield Diagnostic(
                instruction.span._replace(end=instruction.span.start + 3),
                f"`ADD` copies `{word.text}`, which is neither an archive nor an address",
                "what it does changes with the name and the content of the file",
                "use COPY",
                confidence="medium" if value is None else "high",
            )
            return
