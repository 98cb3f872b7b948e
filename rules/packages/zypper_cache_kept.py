"""zypper leaves what it has downloaded in the layer.

## What it finds

`zypper install` in a RUN that neither runs `zypper clean` behind it nor removes `/var/cache/zypp`, nor has a cache
mount there.

## Why it costs

The cache is pushed and pulled with the layer, and no build ever uses it: when the step runs again, it starts on the
layer before it. A later RUN cannot take it out of the layer any more.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk. hadolint takes any `rm -rf` behind
the install for cleaning up; such a finding does not carry its code.

## References

- hadolint DL3036
- https://docs.docker.com/build/building/best-practices/#run
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..kept import kept
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "zypper leaves its cache in the layer", "warning", aliases=("DL3036", "DS-0020"), on=(Run,), words=("zypper",)
)

BAD = (
    Example("FROM opensuse/leap:15.6\nRUN «zypper install -y httpd»\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper clean && «zypper -y install httpd» && rm -rf /tmp/x\n"),
)
GOOD = (
    Example("FROM opensuse/leap:15.6\nRUN zypper install -y httpd && zypper clean\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper install -y httpd && rm -rf /var/cache/zypp\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper install -y httpd && rm -rf /var/cache/zypp/* /tmp/*\n"),
    Example("FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper install -y httpd\n"),
    Example("FROM opensuse/leap:15.6\nRUN --mount=type=tmpfs,target=/var/cache/zypp zypper install -y httpd\n"),
    Example("FROM opensuse/leap:15.6\nRUN zypper remove -y httpd\n"),
    Example("FROM opensuse/leap:15.6\nRUN echo zypper install httpd\n"),
)

_PROGRAMS = ("zypper",)
_VERBS = frozenset({"in", "install"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command, seen in kept(instruction, see, "zypper", _PROGRAMS, _VERBS):
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program}` leaves its cache in the layer",
            cost="it makes every push and pull larger, and no later build uses it",
            cure="end the RUN with `zypper clean`, or give `/var/cache/zypp` a cache mount",
            aliases=None if seen else (),
        )
