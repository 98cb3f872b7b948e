"""A RUN reads SOURCE_DATE_EPOCH, and nothing brings it there.

## What it finds

A command that names `SOURCE_DATE_EPOCH` in a stage in which neither ARG nor ENV declares it before: an ARG above the
first FROM, or in a stage that is only copied from, does not reach a RUN.

## Why it costs

The variable is empty there, whatever `--build-arg` says: what was to have a given time has that of the build, and
differs each time the step runs, with all that is copied from it.

## When to allow it

Where the base image sets it. A RUN that sets it itself is not reported.

## References

- https://docs.docker.com/build/ci/github-actions/reproducible-builds/
- https://reproducible-builds.org/docs/source-date-epoch/
- BuildKit v0.32, dockerfile2llb/convert.go: dispatchRun; corpus cases r06, r10b and r11
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Env, Instruction, Run
from ...analyzer.shell import run_text
from ..facts import Facts
from ..moving import before, place
from ..reach import later_steps, step_of
from ..rule import Diagnostic, Example, Rule

_NAME = "SOURCE_DATE_EPOCH"

RULE = Rule("a RUN reads an epoch that does not reach it", "warning", on=(Run,), words=("source_date_epoch",))

BAD = (
    Example("ARG SOURCE_DATE_EPOCH\nFROM debian:12\nRUN date -u -d @$«SOURCE_DATE_EPOCH» > /built\n"),
    Example("FROM a AS b\nARG SOURCE_DATE_EPOCH\nFROM c\nRUN touch -d @${«SOURCE_DATE_EPOCH»} /x\n"),
)
GOOD = (
    Example(
        "ARG SOURCE_DATE_EPOCH\nFROM debian:12\nARG SOURCE_DATE_EPOCH\nRUN date -u -d @$SOURCE_DATE_EPOCH > /built\n"
    ),
    Example("FROM debian:12\nENV SOURCE_DATE_EPOCH=0\nRUN touch -d @$SOURCE_DATE_EPOCH /x\n"),
    Example("FROM a AS b\nARG SOURCE_DATE_EPOCH\nFROM b\nRUN touch -d @$SOURCE_DATE_EPOCH /x\n"),
    Example("FROM debian:12\nRUN export SOURCE_DATE_EPOCH=0 && touch -d @$SOURCE_DATE_EPOCH /x\n"),
    Example("FROM debian:12\nRUN echo 'set $SOURCE_DATE_EPOCH=0'\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    text = run_text(instruction)
    if f"${_NAME}" not in text and f"${{{_NAME}" not in text:
        return
    if f"{_NAME}=" in text or f"{_NAME}:=" in text or any(_declares(one) for one in before(instruction, see)):
        return
    step = step_of(instruction, see)
    after = later_steps(see.graph, step) if see.graph is not None and step is not None else ""
    yield Diagnostic(
        primary=place(_NAME, instruction.span, see),
        message=f"`{_NAME}` is not declared in this stage, so it is empty here",
        cost=f"what is made has the time of the build and differs each time this step{after} runs again",
        cure=f"write `ARG {_NAME}` right before the step",
        confidence="medium",
    )


def _declares(instruction: Instruction) -> bool:
    body = instruction.body
    return isinstance(body, Arg | Env) and any(pair.key == _NAME for pair in body.pairs)
