"""Version numbers of npm, go, cargo and gems put in order, those before a release told apart (semver.org 2.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def newest(versions: Iterable[str]) -> str | None:
    """The highest of the versions that are releases; None where there is none."""
    found = [(order, version) for version in versions if (order := release(version)) is not None]
    return max(found)[1] if found else None


def release(version: str) -> tuple[int, ...] | None:
    """The place of a release among semantic versions; None for what is none, or comes before one."""
    match = _SEMVER.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match is not None and match[4] is None else None


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a release such as `7.1.3.2`, without the zeros behind, as Gem::Version compares them."""
    found = [int(part) for part in version.split(".") if part.isdecimal()]
    while found and not found[-1]:
        found.pop()
    return tuple(found)
