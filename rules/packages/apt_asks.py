"""apt-get asks for a confirmation that nobody gives.

## What it finds

`apt-get install` and the like without `-y`.

## Why it costs

A build has no terminal: the question is answered by the end of its input, and apt-get gives up, so that the step
fails; or nothing is to be asked this time, and it fails once there is.

## When to allow it

Where a configuration file gives the answer; a pipe (`yes |`) is known to. hadolint looks at `apt-get` only.

## References

- hadolint DL3014
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import Command, named, switches
from ..answers import answered
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("apt-get asks before it installs", "warning", aliases=("DL3014", "DS-0021"), on=(Run,), words=("apt",))

BAD = (
    Example("FROM debian:12\nRUN «apt-get install curl»\n"),
    Example("FROM debian:12\nRUN true && «apt-get --verbose install curl git»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get install -y curl\n"),
    Example("FROM debian:12\nRUN apt-get -y install curl\n"),
    Example("FROM debian:12\nRUN yes | apt-get install curl\n"),
    Example("FROM debian:12\nRUN apt-get -qq install curl\n"),
    Example("FROM debian:12\nRUN apt-get -q -q install curl\n"),
    Example("FROM debian:12\nRUN apt-get -q=2 install curl\n"),
    Example("FROM debian:12\nRUN apt-get install -yq curl\n"),
    Example("FROM debian:12\nRUN apt-get update && apt-get clean\n"),
    Example("FROM debian:12\nRUN apt-get -o APT::Get::Assume-Yes=true install curl\n"),
)

_VERBS = frozenset({"install"})
_ANSWERS = frozenset({"-y", "--yes", "-qq", "--assume-yes"})
_VALUED = frozenset({"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "apt-get", "apt", "aptitude"):
        words = named(command, _VALUED)
        if not words or words[0].text not in _VERBS or switches(command) & _ANSWERS or _is_quiet(command):
            continue
        if answered(command, instruction, see):
            continue
        verb = words[0].text
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program} {verb}` asks for a confirmation",
            cost="the build has nobody to answer: the step fails as soon as there is something to ask",
            cure="add `-y`",
            aliases=None if command.direct and command.program == "apt-get" else (),
        )


def _is_quiet(command: Command) -> bool:
    """Whether it is told twice to be quiet, which answers all questions."""
    words = [word.text for word in command.words]
    return "-q=2" in words or words.count("-q") + words.count("--quiet") > 1 or "APT::Get::Assume-Yes=true" in words
