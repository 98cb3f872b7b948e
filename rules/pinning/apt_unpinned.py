"""apt installs a package by name alone.

## What it finds

`apt-get install NAME` without `=VERSION`, a `/RELEASE` or a file. A variable counts for the packages that the text
sets it to.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Where the archive keeps only the newest version, as Debian and Ubuntu do, a pin breaks the build some day: pin the
whole archive by a snapshot instead, or let the base image's digest carry the versions. hadolint looks at `apt-get`
called directly only; findings behind sudo, `sh -c`, apt and aptitude do not carry its code.

## References

- hadolint DL3008
- https://docs.docker.com/build/building/best-practices/#version-pinning
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule("apt installs packages without a version", "warning", aliases=("DL3008",), on=(Run,), words=("apt",))

BAD = (
    Example("FROM debian:12\nRUN apt-get update && apt-get install -y «curl»\n"),
    Example("FROM debian:12\nRUN apt-get install -y --no-install-recommends git=1:2.39 «curl»\n"),
    Example("FROM debian:12\nRUN sudo apt install -y «curl» git\n"),
    Example('FROM debian:12\nENV DEPS="gcc make"\nRUN apt-get install -y «$DEPS»\n'),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get install -y curl=7.88.1-10+deb12u5\n"),
    Example("FROM debian:12\nRUN apt-get install -y curl/bookworm-backports ./local.deb /tmp/*.deb\n"),
    Example("FROM debian:12\nRUN apt-get install -y -t bookworm-backports -o Dpkg::Use-Pty=0 curl=7.88\n"),
    Example('FROM debian:12\nENV DEPS="gcc=4:12.2 make=4.3"\nRUN apt-get install -y $DEPS\n'),
    Example("FROM debian:12\nRUN apt-get update && apt-get upgrade -y && apt-get remove -y curl\n"),
    Example("FROM debian:12\nRUN apt-get install -y -f\n"),
    Example("FROM debian:12\nRUN echo apt-get install curl\n"),
)

_VERBS = frozenset({"install"})
_VALUED = frozenset({"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "apt-get", "apt", "aptitude"):
        names = packages(command, _VERBS, _VALUED)
        seen = command.direct and command.program == "apt-get"
        yield from unpinned(command, names, _is_pinned, instruction, see, "{}=VERSION", seen=seen)


def _is_pinned(name: str) -> bool:
    return "=" in name or "/" in name or name.endswith((".deb", "-"))
