"""zypper asks for a confirmation that nobody gives.

## What it finds

`zypper install` and the like without `-n`.

## Why it costs

A build has no terminal: the question is answered by the end of its input, and zypper gives up, so that the step fails;
or nothing is to be asked this time, and it fails once there is.

## When to allow it

Where a configuration file gives the answer; a pipe (`yes |`) is known to.

## References

- hadolint DL3034
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..answers import asked
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("zypper asks before it installs", "warning", aliases=("DL3034",), on=(Run,), words=("zypper",))

BAD = (
    Example("FROM opensuse/leap:15.6\nRUN «zypper install curl»\n"),
    Example("FROM opensuse/leap:15.6\nRUN true && «zypper --verbose install curl git»\n"),
)
GOOD = (
    Example("FROM opensuse/leap:15.6\nRUN zypper install -n curl\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper -n install curl\n"),
    Example("FROM opensuse/leap:15.6\nRUN yes | zypper install curl\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper refresh\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper --non-interactive in curl\n"),
)

_VERBS = frozenset({"in", "install", "patch", "remove", "rm", "si", "source-install"})
_ANSWERS = ("-n", "--non-interactive", "-y", "--no-confirm")
_VALUED = frozenset({"-r", "--repo", "-t", "--type", "-R", "--root", "-p", "--plus-repo"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "zypper"):
        yield from asked(command, _VERBS, _ANSWERS, _VALUED, instruction, see)
