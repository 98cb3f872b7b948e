"""A RUN writes the time of day into what it makes.

## What it finds

`date` whose output goes into a file, into a variable named for it, or into the options of another program, as in
`go build -ldflags "-X main.date=$(date)"`.

## Why it costs

The step makes other bytes whenever it runs: what copies or mounts from its stage re-runs too, although nothing else has
changed. And while it is cached, the time is not that of the build.

## When to allow it

Where the time is only printed, or used to measure how long something takes: that is not reported, and neither is a
date that is given (`date -d @$SOURCE_DATE_EPOCH`, `date -r file`).

## References

- https://reproducible-builds.org/docs/source-date-epoch/
- https://docs.docker.com/build/ci/github-actions/reproducible-builds/
- corpus cases s01 and s01b
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Command, Opaque, run_text
from ..facts import Facts
from ..reach import counted, step_of, takers
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("the time of day goes into a layer", "info", on=(Run,), words=("date",))

BAD = (
    Example('FROM golang:1.25\nRUN «go build -ldflags "-X main.date=$(date -u +%F)" ./cmd»\n'),
    Example("FROM alpine\nRUN «date > /built»\n"),
    Example('FROM alpine\nRUN «echo "built $(date)" >> /etc/motd»\n'),
)
GOOD = (
    Example('FROM alpine\nRUN echo "started $(date)"\n'),
    Example("FROM alpine\nRUN date -u -d @$SOURCE_DATE_EPOCH > /built\n"),
    Example("FROM alpine\nRUN start=$(date +%s) && make && echo $(( $(date +%s) - start ))\n"),
    Example("FROM alpine\nRUN date\n"),
    Example("FROM alpine\nRUN echo $(cat /candidate) > /x\n"),
)

_MEASURES = frozenset({":", "test", "[", "[[", "sleep", "exit", "expr", "let", "export", "date", "touch", "local"})
_GIVEN = ("-d", "--date", "-r", "--reference", "-s", "--set", "-f", "--file", "@")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if re.search(r"\bdate\b", run_text(instruction)) is None:
        return
    for date in see.calls(instruction, "date"):
        if _is_given(date) or date.words[0].text.startswith("."):
            continue
        command = _around(date, instruction, see)
        sure = _keeps(command, date)
        if sure is None:
            continue
        step = step_of(instruction, see)
        count = len(takers(see.graph, step)) if see.graph is not None and step is not None else 0
        others = (
            f", and {counted(count, 'step')} that {'takes' if count == 1 else 'take'} from it may too" if count else ""
        )
        yield Diagnostic(
            primary=command.span,
            message=f"`{_found(date)}` puts the time of day into what the step makes",
            cost=f"the step writes other bytes whenever it runs{others}",
            cure="use a given time: `date -u -d @$SOURCE_DATE_EPOCH`, with its ARG right before the step",
            confidence=sure,
        )


def _around(date: Command, instruction: Instruction, see: Facts) -> Command:
    """The command whose words the output of `date` becomes part of; itself where it is printed."""
    read = see.commands(instruction)
    if not date.nested or isinstance(read, Opaque):
        return date
    outer = [one for one in read if one.span.start < date.span.start and date.span.end <= one.span.end]
    return min(outer, key=lambda one: one.span.end - one.span.start, default=date)


def _keeps(command: Command, date: Command) -> Confidence | None:
    """How surely what `date` prints is kept; None where it is not."""
    to_file = any(">" in one.operator and _is_file(one.target.text) for one in (*command.redirects, *date.redirects))
    if command is date or command.program in ("echo", "printf"):
        return "high" if to_file else None
    return "medium" if command.words and command.program not in _MEASURES else None


def _is_file(target: str) -> bool:
    return not target.startswith(("/dev/", "&")) and not target.isdecimal()


def _is_given(date: Command) -> bool:
    """Whether `date` is told which time to print."""
    words = [word.text for word in date.words[1:]]
    return any(word.startswith(_GIVEN) or "SOURCE_DATE_EPOCH" in word for word in words)


def _found(date: Command) -> str:
    return " ".join(word.text for word in date.words)
