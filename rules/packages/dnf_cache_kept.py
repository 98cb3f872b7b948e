"""dnf leaves what it has downloaded in the layer.

## What it finds

`dnf install` in a RUN that neither runs `dnf clean all` behind it nor removes `/var/cache/dnf`, nor has a cache mount
there.

## Why it costs

The cache is pushed and pulled with the layer, and no build ever uses it: when the step runs again, it starts on the
layer before it. A later RUN cannot take it out of the layer any more.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk. hadolint takes any `rm -rf` behind
the install for cleaning up; such a finding does not carry its code.

## References

- hadolint DL3040
- https://docs.docker.com/build/building/best-practices/#run
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..kept import kept
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "dnf leaves its cache in the layer", "warning", aliases=("DL3040", "DS-0019", "DS-0027"), on=(Run,), words=("dnf",)
)

BAD = (
    Example("FROM fedora:42\nRUN «dnf install -y httpd»\n"),
    Example("FROM fedora:42\nRUN dnf clean all && «dnf -y install httpd» && rm -rf /tmp/x\n"),
)
GOOD = (
    Example("FROM fedora:42\nRUN dnf install -y httpd && dnf clean all\n"),
    Example("FROM fedora:42\nRUN dnf install -y httpd && rm -rf /var/cache/dnf\n"),
    Example("FROM fedora:42\nRUN dnf install -y httpd && rm -rf /var/cache/dnf/* /tmp/*\n"),
    Example("FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/dnf dnf install -y httpd\n"),
    Example("FROM fedora:42\nRUN --mount=type=tmpfs,target=/var/cache/dnf dnf install -y httpd\n"),
    Example("FROM fedora:42\nRUN dnf remove -y httpd\n"),
    Example("FROM fedora:42\nRUN echo dnf install httpd\n"),
)

_PROGRAMS = (
    "dnf",
    "microdnf",
    "tdnf",
)
_VERBS = frozenset({"groupinstall", "install", "reinstall", "upgrade"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command, seen in kept(instruction, see, "dnf", _PROGRAMS, _VERBS):
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program}` leaves its cache in the layer",
            cost="it makes every push and pull larger, and no later build uses it",
            cure="end the RUN with `dnf clean all`, or give `/var/cache/dnf` a cache mount",
            aliases=None if seen and command.program != "tdnf" else (),
        )
