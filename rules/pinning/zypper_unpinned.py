"""zypper installs a package by name alone.

## What it finds

`zypper install NAME` without `=`, `<` or `>` and a version.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Where the repositories keep only the newest version, a pin breaks the build some day: pin the base image by digest.

## References

- hadolint DL3037
- https://en.opensuse.org/SDB:Zypper_manual
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule("zypper installs packages without a version", "warning", aliases=("DL3037",), on=(Run,), words=("zypper",))

BAD = (
    Example("FROM opensuse/leap:15.6\nRUN zypper install -y «httpd»\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper -n in httpd=2.4 «curl»\n"),
)
GOOD = (
    Example("FROM opensuse/leap:15.6\nRUN zypper install -y httpd=2.4.46 'curl>=8'\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper in -y ./local.rpm\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper -n install -r repo httpd=2.4\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper refresh && zypper remove -y httpd && zypper clean -a\n"),
)

_VERBS = frozenset({"install", "in"})
_VALUED = frozenset(
    {"-r", "--repo", "--from", "-t", "--type", "-R", "--root", "--reposd-dir", "-D", "-p", "--plus-repo"}
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "zypper"):
        yield from unpinned(command, packages(command, _VERBS, _VALUED), _is_pinned, instruction, see, "{}=VERSION")


def _is_pinned(name: str) -> bool:
    return any(sign in name for sign in "=<>") or name.endswith(".rpm")
