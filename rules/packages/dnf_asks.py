"""dnf asks for a confirmation that nobody gives.

## What it finds

`dnf install` and the like without `-y`.

## Why it costs

A build has no terminal: the question is answered by the end of its input, and dnf gives up, so that the step fails; or
nothing is to be asked this time, and it fails once there is.

## When to allow it

Where a configuration file gives the answer; a pipe (`yes |`) is known to. hadolint does not know tdnf.

## References

- hadolint DL3038
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..answers import asked
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import RPM_VALUED

RULE = Rule("dnf asks before it installs", "warning", aliases=("DL3038",), on=(Run,), words=("dnf",))

BAD = (
    Example("FROM fedora:42\nRUN «dnf install curl»\n"),
    Example("FROM fedora:42\nRUN true && «dnf --verbose install curl git»\n"),
)
GOOD = (
    Example("FROM fedora:42\nRUN dnf install -y curl\n"),
    Example("FROM fedora:42\nRUN dnf -y install curl\n"),
    Example("FROM fedora:42\nRUN yes | dnf install curl\n"),
    Example("FROM fedora:42\nRUN dnf makecache\n"),
    Example("FROM fedora:42\nRUN microdnf -y install curl\n"),
)

_VERBS = frozenset({"groupinstall", "install", "localinstall"})
_ANSWERS = ("-y", "--assumeyes")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "dnf", "microdnf", "tdnf"):
        for found in asked(command, _VERBS, _ANSWERS, RPM_VALUED, instruction, see):
            yield found._replace(aliases=()) if command.program == "tdnf" else found
