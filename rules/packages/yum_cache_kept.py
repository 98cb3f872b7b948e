"""yum leaves what it has downloaded in the layer.

## What it finds

`yum install` in a RUN that neither runs `yum clean all` behind it nor removes `/var/cache/yum`, nor has a cache mount
there.

## Why it costs

The cache is pushed and pulled with the layer, and no build ever uses it: when the step runs again, it starts on the
layer before it. A later RUN cannot take it out of the layer any more.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk. hadolint takes any `rm -rf` behind
the install for cleaning up; such a finding does not carry its code. It asks for the cleaning even where a cache mount
holds the cache.

## References

- hadolint DL3032
- https://docs.docker.com/build/building/best-practices/#run
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..kept import kept
from ..rule import Diagnostic, Example, Rule

RULE = Rule("yum leaves its cache in the layer", "warning", aliases=("DL3032", "DS-0015"), on=(Run,), words=("yum",))

BAD = (
    Example("FROM centos:7\nRUN «yum install -y httpd»\n"),
    Example("FROM centos:7\nRUN yum clean all && «yum -y install httpd» && rm -rf /tmp/x\n"),
)
GOOD = (
    Example("FROM centos:7\nRUN yum install -y httpd && yum clean all\n"),
    Example("FROM centos:7\nRUN yum install -y httpd && rm -rf /var/cache/yum\n"),
    Example("FROM centos:7\nRUN yum install -y httpd && rm -rf /var/cache/yum/* /tmp/*\n"),
    Example("FROM centos:7\nRUN --mount=type=cache,target=/var/cache/yum yum install -y httpd\n"),
    Example("FROM centos:7\nRUN --mount=type=tmpfs,target=/var/cache/yum yum install -y httpd\n"),
    Example("FROM centos:7\nRUN yum remove -y httpd\n"),
    Example("FROM centos:7\nRUN echo yum install httpd\n"),
)

_PROGRAMS = ("yum",)
_VERBS = frozenset({"groupinstall", "install", "localinstall"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command, seen in kept(instruction, see, "yum", _PROGRAMS, _VERBS):
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program}` leaves its cache in the layer",
            cost="it makes every push and pull larger, and no later build uses it",
            cure="end the RUN with `yum clean all`, or give `/var/cache/yum` a cache mount",
            aliases=None if seen else (),
        )
