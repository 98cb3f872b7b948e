"""The failure of all but the last command of a pipe is lost.

## What it finds

A pipe in a RUN whose shell is not told `-o pipefail`, by SHELL or by `set -o pipefail` in the RUN.

## Why it costs

The status of a pipe is that of its last command: where `curl … | tar x` fetches nothing, the step may succeed, and its
wrong result is cached, for good.

## When to allow it

With the `sh` of Debian up to 11, which has no pipefail: use SHELL with bash. hadolint asks for SHELL even where the
RUN itself says `set -o pipefail`, and forgets a SHELL that comes with the base stage; neither is reported here.

## References

- hadolint DL4006
- https://docs.docker.com/build/building/best-practices/#using-pipes
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Opaque, run_text
from ...analyzer.source import Span
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a failure at the head of a pipe goes unseen", "warning", aliases=("DL4006",), on=(Run,), words=("|",))

BAD = (
    Example("FROM debian:12\nRUN «curl -s https://example.org/a | tar xz»\n"),
    Example('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN true && X=$(«ls | wc -l»)\n'),
)
GOOD = (
    Example(
        'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -s https://example.org/a | tar xz\n'
    ),
    Example("FROM debian:12\nRUN set -o pipefail && curl -s https://example.org/a | tar xz\n"),
    Example("FROM debian:12\nRUN bash -euo pipefail -c 'ls | wc -l'\n"),
    Example('FROM debian:12 AS a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM a\nRUN ls | wc -l\n'),
    Example("FROM debian:12\nRUN a || b\n"),
    Example("FROM debian:12\nRUN echo 'a | b'\n"),
    Example('FROM mcr.microsoft.com/windows\nSHELL ["powershell", "-command"]\nRUN Get-Item x | Write-Host\n'),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    read = see.commands(instruction)
    if isinstance(read, Opaque) or see.is_trigger(instruction):
        return
    piped = [one for one in read if one.pipeline]
    if not piped or any("pipefail" in word for word in see.shell(instruction) or ()):
        return
    if "pipefail" in run_text(instruction):
        return
    group = [one.span for one in piped if one.pipeline == piped[0].pipeline]
    yield Diagnostic(
        primary=Span(min(one.start for one in group), max(one.end for one in group)),
        message=f"a failure of `{piped[0].program or piped[0].words[0].text}` is lost in the pipe"
        if piped[0].words
        else "a failure is lost in the pipe of `$(…)`",
        cost="the step succeeds with a wrong result, which is then cached",
        cure='write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before it, or begin the RUN with `set -o pipefail`',
        aliases=None if -1 not in piped[0].subshell else (),
    )
