"""The package lists are updated in a RUN of their own.

## What it finds

A RUN that does nothing but `apt-get update`, `apk update`, `dnf makecache` and the like, while packages are
installed by a later RUN that does not update them itself.

## Why it costs

The update is cached for good: its text never changes. An install that is added or changed later works with the lists of
the day on which the update first ran, so it gets old packages, and fails with 404 once the archive has dropped them.

## When to allow it

Hardly ever: put the update and the install into one RUN. A RUN that also runs a script, which may install packages, is
not reported, nor is an update where every later install brings its own; one that nothing installs behind is reported
at low confidence.

## References

- https://docs.docker.com/build/building/best-practices/#apt-get
- checkov CKV_DOCKER_5, trivy DS-0017, KICS "Update Instruction Alone"; moby/moby#1996, moby/moby#10682
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Command, Opaque, harmless, run_text
from ..facts import Facts
from ..reach import counted
from ..reading import behind
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule(
    "package lists are updated in a layer of their own",
    "warning",
    aliases=("CKV_DOCKER_5", "DS-0017"),
    on=(Run,),
    words=("apt", "apk", "yum", "dnf", "zypper", "aptitude"),
)


class Evidence(NamedTuple):
    """The update, and the later installs that do without one of their own, each with its RUN."""

    update: Command
    stale: tuple[tuple[Instruction, Command], ...]


BAD = (
    Example("FROM debian:12\nRUN «apt-get update»\nRUN apt-get install -y curl\n"),
    Example("FROM alpine:3\nRUN «apk update»\nENV A=b\nRUN apk add curl\n"),
    Example("FROM debian:12 AS base\nRUN «apt-get -qq update»\nFROM base\nRUN apt-get install -y curl\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"),
    Example("FROM debian:12\nRUN apt-get update && ./install.sh\nRUN apt-get install -y curl\n"),
    Example("FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl\n"),
    Example("FROM fedora:42\nRUN dnf update -y\nRUN dnf install -y curl\n"),
    Example("FROM debian:12\nRUN apt-get update && apt-get upgrade -y\nRUN true\n"),
)

_UPDATES = {
    "apt-get": ("update",),
    "apt": ("update",),
    "aptitude": ("update",),
    "apk": ("update",),
    "yum": ("makecache", "check-update"),
    "dnf": ("makecache", "check-update"),
    "microdnf": ("makecache",),
    "zypper": ("refresh", "ref"),
}
_INSTALLS = frozenset(
    "install reinstall add build-dep satisfy upgrade dist-upgrade full-upgrade update in up dup patch localinstall "
    "groupinstall module download source fetch".split()
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if "up" not in (text := run_text(instruction)) and "ref" not in text and "makecache" not in text:
        return
    update = _update_alone(instruction, see)
    if update is None or see.graph is None:
        return
    later = [one for one in behind(see.graph, see, instruction) if isinstance(one.body, Run)]
    found = [(one, _install_alone(one, update.program, see)) for one in later]
    pairs = tuple((one, install) for one, install in found if install is not None)
    stale = [install for _, install in pairs]
    if stale:
        yield Diagnostic(
            primary=update.span,
            message=f"`{_verb(update)}` stands in a RUN of its own, before `{_verb(stale[0])}`",
            cost=f"its lists stay those of the day on which it first ran, and {counted(len(stale), 'later install')} "
            f"{'uses' if len(stale) == 1 else 'use'} them until a package is gone from the archive",
            cure=f"run both in one RUN: `{_verb(update)} && {_verb(stale[0])} …`",
            related=tuple(Related(one.span, "works with the old lists") for one in stale),
            evidence=Evidence(update, pairs),
        )
    elif not any(_may_install(one, see) for one in later):
        yield Diagnostic(
            primary=update.span,
            message=f"`{_verb(update)}` stands in a RUN of its own, and nothing is installed behind it",
            cost="its lists are cached, and grow old in every image that is based on this one",
            cure="remove it, and update where packages are installed",
            confidence="low",
        )


def _verb(command: Command) -> str:
    words = [word.text for word in command.words[1:] if not word.text.startswith("-")]
    return f"{command.program} {words[0]}"


def _is(command: Command, verbs: tuple[str, ...] | frozenset[str]) -> bool:
    words = [word.text for word in command.words[1:] if not word.text.startswith("-")]
    return bool(words) and words[0] in verbs


def _update_alone(instruction: Instruction, see: Facts) -> Command | None:
    """The update of a RUN that surely installs nothing."""
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return None
    updates = [one for one in read if _is(one, _UPDATES.get(one.program, ()))]
    others = [one for one in read if one not in updates]
    if not updates or not all(harmless(one) for one in others):
        return None
    if any(one.program in _UPDATES and _is(one, _INSTALLS) for one in others):
        return None
    return updates[-1]


def _install_alone(instruction: Instruction, program: str, see: Facts) -> Command | None:
    """An install by the same kind of tool, in a RUN that does not update the lists before it."""
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return None
    tools = {"apt-get", "apt", "aptitude"} if program in ("apt-get", "apt", "aptitude") else {program}
    for one in read:
        if one.program not in tools:
            continue
        if _is(one, _UPDATES[one.program]):
            return None
        if one.program == "apk" and any(
            word.text in ("--no-cache", "-U", "--update-cache", "--update") for word in one.words
        ):
            return None
        if _is(one, _INSTALLS):
            return one
    return None


def _may_install(instruction: Instruction, see: Facts) -> bool:
    """Whether a later RUN installs packages, with an update of its own or by a program that is not known."""
    read = see.commands(instruction)
    return isinstance(read, Opaque) or any(
        not harmless(one) or (one.program in _UPDATES and _is(one, _INSTALLS)) for one in read
    )
