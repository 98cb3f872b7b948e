"""yum asks for a confirmation that nobody gives.

## What it finds

`yum install` and the like without `-y`.

## Why it costs

A build has no terminal: the question is answered by the end of its input, and yum gives up, so that the step fails; or
nothing is to be asked this time, and it fails once there is.

## When to allow it

Where a configuration file gives the answer; a pipe (`yes |`) is known to.

## References

- hadolint DL3030
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..answers import asked
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import RPM_VALUED

RULE = Rule("yum asks before it installs", "warning", aliases=("DL3030",), on=(Run,), words=("yum",))

BAD = (
    Example("FROM centos:7\nRUN «yum install curl»\n"),
    Example("FROM centos:7\nRUN true && «yum --verbose install curl git»\n"),
)
GOOD = (
    Example("FROM centos:7\nRUN yum install -y curl\n"),
    Example("FROM centos:7\nRUN yum -y install curl\n"),
    Example("FROM centos:7\nRUN yes | yum install curl\n"),
    Example("FROM centos:7\nRUN yum update\n"),
    Example("FROM centos:7\nRUN yum clean all\n"),
)

_VERBS = frozenset({"groupinstall", "install", "localinstall"})
_ANSWERS = ("-y", "--assumeyes")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "yum"):
        yield from asked(command, _VERBS, _ANSWERS, RPM_VALUED, instruction, see)
