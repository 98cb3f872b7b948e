"""dnf installs a package by name alone.

## What it finds

`dnf install NAME` without `-VERSION`, and a module without `:STREAM`. A version begins with a digit behind a hyphen; a
variable there counts as one.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Where the repositories keep only the newest version, a pin breaks the build some day: pin the base image by digest, or
install from a snapshot of the repositories. hadolint does not know tdnf.

## References

- hadolint DL3041
- https://docs.docker.com/build/building/best-practices/#version-pinning
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import named
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import RPM_VALUED, has_version, unpinned

RULE = Rule("dnf installs packages without a version", "warning", aliases=("DL3041",), on=(Run,), words=("dnf",))

BAD = (
    Example("FROM fedora:42\nRUN dnf install -y «httpd»\n"),
    Example("FROM fedora:42\nRUN dnf -y install httpd-2.4.57 «httpd-tools»\n"),
)
GOOD = (
    Example("FROM fedora:42\nRUN dnf install -y httpd-2.4.57 && dnf clean all\n"),
    Example("FROM fedora:42\nRUN dnf install -y https://example.org/epel-release-latest-9.noarch.rpm ./local-1.rpm\n"),
    Example("FROM fedora:42\nARG V=2.4\nRUN dnf install -y httpd-${V}\n"),
    Example("FROM fedora:42\nRUN dnf module install -y nodejs:20\n"),
    Example("FROM fedora:42\nRUN dnf install -y --enablerepo crb httpd-2.4.57-5.el9\n"),
    Example("FROM fedora:42\nRUN dnf update -y && dnf remove -y httpd\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "dnf", "microdnf", "tdnf"):
        words = named(command, RPM_VALUED)
        verbs = {word.text for word in words[:2]}
        if "install" not in verbs or "group" in verbs:
            continue
        is_module = "module" in verbs
        names = [word for word in words if word.text not in ("install", "module")]
        pinned = _has_stream if is_module else has_version
        yield from unpinned(
            command, names, pinned, instruction, see, "{}-VERSION", seen=command.direct and command.program != "tdnf"
        )


def _has_stream(name: str) -> bool:
    return ":" in name
