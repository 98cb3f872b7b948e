"""An archive is copied and then unpacked.

## What it finds

COPY of an archive that a later RUN of the stage unpacks with tar, unzip or the like.

## Why it costs

The image has the archive and its content: the layer of the archive stays, even if the RUN removes the file.

## When to allow it

Where the archive is unpacked into a directory that only the RUN knows, or is kept on purpose; a bind mount
(`RUN --mount=type=bind,source=a.tar.gz,target=/a.tar.gz`) does without the copy.

## References

- https://docs.docker.com/build/building/best-practices/#add-or-copy
- https://github.com/hadolint/hadolint/wiki/DL3010
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy, Instruction, Run, Stage
from ...analyzer.shell import Command
from ..archives import is_archive
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("an archive is copied and then unpacked", "info", ("DL3010",))

BAD = (Example("FROM alpine\nCOPY «app.tar.gz» /tmp/\nRUN tar xzf /tmp/app.tar.gz -C /app\n"),)
GOOD = (
    Example("FROM alpine\nADD app.tar.gz /app/\n"),
    Example("FROM alpine\nCOPY app.tar.gz /srv/\n"),
    Example("FROM alpine\nCOPY app.tar.gz /tmp/\nRUN tar tzf /tmp/app.tar.gz\n"),
    Example("FROM alpine AS a\nFROM alpine\nCOPY --from=a /app.tar.gz /tmp/\nRUN tar xzf /tmp/app.tar.gz\n"),
)

_UNPACKERS = ("unzip", "gunzip", "bunzip2", "unlzma", "unxz", "uncompress", "zcat", "gzcat")


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    for at, one in enumerate(stage.instructions):
        body = one.body
        if not isinstance(body, Copy) or one.keyword != "COPY" or body.from_:
            continue
        dest = body.dest.text.strip("\"'")
        for word in body.sources:
            source = word.text.strip("\"'")
            name = dest if is_archive(dest) else source
            if is_archive(name) and _unpacks(name.rpartition("/")[2], stage.instructions[at + 1 :], see):
                yield Diagnostic(
                    word.span,
                    f"`{source}` is copied and then unpacked",
                    "the image holds it twice",
                    "use ADD, which unpacks it, or a bind mount",
                )


def _unpacks(name: str, later: tuple[Instruction, ...], see: Facts) -> bool:
    return any(
        any(word.text.strip("\"'").rpartition("/")[2] == name for word in command.words[1:])
        for one in later
        if isinstance(one.body, Run) and name in one.body.command.text
        for command in see.calls(one, "tar", *_UNPACKERS)
        if command.program != "tar" or _extracts(command)
    )


def _extracts(command: Command) -> bool:
    options = [word.text for word in command.words[1:]]
    return any(
        option in ("--extract", "--get") or (option.startswith("-") and option[1:2] != "-" and "x" in option)
        for option in options
    ) or ("x" in options[0] and "/" not in options[0] and "." not in options[0] if options else False)
