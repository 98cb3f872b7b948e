"""Packages of Debian or Ubuntu are installed from an archive that moves.

## What it finds

`apt-get install` on an image of Debian or Ubuntu, where no snapshot of the archive is named anywhere before it.

## Why it costs

An exact version (`curl=8.5.0-2`) holds only until the archive drops it, and says nothing of what it depends on. A
snapshot of the archive at a date holds all of it, so the same text builds the same packages for years.

## When to allow it

Off by default: a snapshot is frozen, security updates with it, and its servers are slow. It is for builds that have to
be repeated.

## References

- https://snapshot.debian.org
- https://snapshot.ubuntu.com
- https://github.com/reproducible-containers/repro-sources-list.sh
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From, Instruction, Run
from ...analyzer.shell import Opaque, package_install, run_text
from ..facts import Facts
from ..moving import before
from ..rule import Diagnostic, Example, Rule

RULE = Rule("packages come from an archive that moves", "info", on=(Run,), default=False, words=("apt",))

BAD = (
    Example("FROM debian:12-slim\nRUN apt-get update && «apt-get install -y curl»\n"),
    Example("FROM ubuntu:24.04\nRUN apt-get update && «apt-get install -y curl=8.5.0-2»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN repro-sources-list.sh && apt-get update && apt-get install -y curl\n"),
    Example(
        "FROM debian:12\nRUN echo 'deb http://snapshot.debian.org/archive/debian/20250101 bookworm main'"
        " > /etc/apt/sources.list && apt-get update && apt-get install -y curl\n"
    ),
    Example("FROM ubuntu:24.04\nRUN apt-get update -S 20250101T000000Z && apt-get install -y curl\n"),
    Example("FROM alpine:3\nRUN apk add curl\n"),
    Example("FROM debian:12\nCOPY a.deb /\nRUN apt-get install -y /a.deb\n"),
)

_FROZEN = ("snapshot", "repro-sources", " -S ", "sources.list")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "apt" not in run_text(instruction):
        return
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return
    found = [one for one in map(package_install, read) if one is not None and one.tool == "apt" and not one.local]
    if not found or _is_frozen(instruction, see):
        return
    yield Diagnostic(
        primary=found[0].command.span,
        message=f"`{found[0].name}` takes what the archive holds on the day",
        cost="the same text installs other packages later, and exact versions of them vanish from the archive",
        cure="install from a snapshot: `apt-get update -S <date>` on Ubuntu, repro-sources-list.sh on Debian",
    )


def _is_frozen(instruction: Instruction, see: Facts) -> bool:
    """Whether something before an instruction, or in it, sets a snapshot as the source."""
    words = [word for word in _FROZEN if word.strip() in see.source]
    if not words:
        return False
    earlier = (one for one in before(instruction, see) if not isinstance(one.body, From))
    texts = (run_text(one) if isinstance(one.body, Run) else one.text for one in (*earlier, instruction))
    return any(word in text for text in texts for word in words)
