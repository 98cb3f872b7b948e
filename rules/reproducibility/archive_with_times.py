"""A RUN packs files with the times at which the build made them.

## What it finds

`tar`, `zip` or `gzip` that writes an archive file without setting its times (`tar --mtime`, `zip -X`, `gzip -n`), in a
stage that another one copies or mounts from.

## Why it costs

The bytes of the archive hold the times of its members: packed again, it differs even where no member does, and all
that copies it re-runs. BuildKit leaves times out of its keys for files, but an archive is looked at from outside.

## When to allow it

Where the archive is made of files that came with their times from another archive. Archives that go through a pipe and
are unpacked at once are not reported.

## References

- https://reproducible-builds.org/docs/archives/
- corpus cases c25, c25b and s01b
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Command, Opaque, run_text
from ..facts import Facts
from ..reach import counted, step_of, takers
from ..rule import Diagnostic, Example, Rule

RULE = Rule("an archive holds the times of its making", "info", on=(Run,), words=("tar", "zip"))

BAD = (
    Example("FROM alpine AS a\nRUN make && «tar -czf /out.tgz dist»\nFROM alpine\nCOPY --from=a /out.tgz /\n"),
    Example("FROM alpine AS a\nRUN «zip -r /out.zip dist»\nFROM alpine\nCOPY --from=a /out.zip /\n"),
)
GOOD = (
    Example("FROM alpine AS a\nRUN tar --mtime=@0 -czf /o.tgz dist\nFROM alpine\nCOPY --from=a /o.tgz /\n"),
    Example("FROM alpine AS a\nRUN tar -xzf /in.tgz\nFROM alpine\nCOPY --from=a /in /\n"),
    Example("FROM alpine AS a\nRUN tar -cf - dist | tar -xf - -C /x\nFROM alpine\nCOPY --from=a /x /\n"),
    Example("FROM alpine\nRUN tar -czf /out.tgz dist\n"),
    Example("FROM alpine AS a\nRUN zip -rX /out.zip dist\nFROM alpine\nCOPY --from=a /out.zip /\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    text = run_text(instruction)
    if not any(program in text for program in ("tar", "zip")):
        return
    read = see.commands(instruction)
    for command in () if isinstance(read, Opaque) else read:
        cure = _cure(command)
        step = step_of(instruction, see)
        if cure is None or step is None or see.graph is None:
            continue
        count = len(takers(see.graph, step))
        if count:
            yield Diagnostic(
                primary=command.span,
                message=f"`{command.program}` packs files with the times at which this build made them",
                cost=f"it differs whenever the step runs, and re-runs {counted(count, 'step')} that may take it",
                cure=cure,
                confidence="medium",
            )


def _cure(command: Command) -> str | None:
    """What to add to a command that writes an archive with times; None for others."""
    words = [word.text for word in command.words[1:]]
    flags = "".join(word.lstrip("-") for word in words if word.startswith("-") and not word.startswith("--"))
    if command.program == "tar" and words:
        bundle = words[0] if not words[0].startswith("-") else flags
        creates = "--create" in words or ("c" in bundle and not any(char in bundle for char in "xt"))
        to_file = any(word.startswith("--file=") for word in words) or ("f" in bundle and "-" not in words)
        if creates and to_file and not any(word.startswith(("--mtime", "--clamp-mtime")) for word in words):
            return "add `--sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner`"
    if command.program == "zip" and "X" not in flags and any(not word.startswith("-") for word in words):
        return "touch the members with a fixed time first, and add `-X`"
    return None
