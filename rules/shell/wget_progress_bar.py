"""wget fills the log with its progress.

## What it finds

`wget` without `-q`, `-nv`, `--progress` or a log file of its own.

## Why it costs

Without a terminal, wget writes a line for each 50 kB: thousands for a large file, in which the line that says why a
build failed is lost.

## When to allow it

With the wget of busybox (Alpine), which knows `-q` only.

## References

- hadolint DL3047
- https://www.gnu.org/software/wget/manual/html_node/Download-Options.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import switches
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("wget writes its progress bar into the log", "info", aliases=("DL3047",), on=(Run,), words=("wget",))

BAD = (
    Example("FROM debian:12\nRUN «wget» https://example.org/a.tar.gz\n"),
    Example("FROM debian:12\nRUN true && «wget» -O /tmp/a -c https://example.org/a.tar.gz\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN wget -q https://example.org/a\n"),
    Example("FROM debian:12\nRUN wget -nv https://example.org/a\n"),
    Example("FROM debian:12\nRUN wget --progress=dot:giga https://example.org/a\n"),
    Example("FROM debian:12\nRUN wget -qO- https://example.org/a | tar xz\n"),
    Example("FROM debian:12\nRUN wget -o log https://example.org/a\n"),
    Example("FROM debian:12\nRUN apt-get install -y wget\n"),
    Example("FROM debian:12\nRUN curl -O https://example.org/a\n"),
)

_QUIET = frozenset("-q --quiet --progress -o --output-file -a --append-output --no-verbose -nv".split())


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "wget"):
        if switches(command) & _QUIET:
            continue
        yield Diagnostic(
            primary=command.words[0].span,
            message="`wget` writes its progress into the log",
            cost="a line for each 50 kB, between which the one that matters is lost",
            cure="add `--progress=dot:giga`, or `-nv`",
            aliases=None if command.direct else (),
        )
