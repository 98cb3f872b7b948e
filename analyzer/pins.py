"""Pins: what names that move stood for on a day, the lock that keeps them, and how they are written in a Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .named_tuple import NamedTuple
from .typing import Any, Literal, get_args

Kind = Literal["image", "apt", "apk", "pip", "npm", "gem", "go", "cargo", "git", "download", "snapshot"]

KINDS: tuple[Kind, ...] = get_args(Kind)
USUAL: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "snapshot")
"""What is pinned where nothing is chosen: a snapshot of the archive is in the place of apt's versions."""
LOCK = "dcache-pins.json"
"""The name of the file that a lock is kept in."""

SIGNS: Mapping[Kind, str] = {
    "image": "@", "apt": "=", "apk": "=", "pip": "==", "npm": "@", "gem": ":", "go": "@", "cargo": "@"
}  # fmt: skip
"""What stands between a name and its pin, for the kinds whose pins are part of the word: `flask==3.0`."""

_COMMIT = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_NUMBER = r"[0-9][0-9A-Za-z.+-]*"
# What stands in a Dockerfile is run by a shell: a value has these characters and no others, whoever sent it.
_VALUES: Mapping[Kind, str] = {
    "image": r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}",
    "apt": r"[0-9][0-9A-Za-z.+~:-]*",
    "apk": r"[0-9][0-9A-Za-z._]*(?:-r[0-9]+)?",
    "pip": r"[0-9][0-9A-Za-z.+!]*",
    "npm": _NUMBER,
    "gem": r"[0-9][0-9A-Za-z.-]*",
    "go": rf"v{_NUMBER}",
    "cargo": _NUMBER,
    "git": _COMMIT,
    "download": r"sha256:[0-9a-f]{64}",
    "snapshot": r"[0-9]{8}T[0-9]{6}Z",
}


class Key(NamedTuple):
    """What is pinned: a name as the Dockerfile writes it, and `where` it was looked up, as far as that decides.

    `where` is the distribution and suite of apt and apk, `debian/bookworm`, the version of the language where packages
    are made for some only, `python/3.12`, and "" for the others. An image is named in full, a repository with its ref,
    a snapshot by its distribution.
    """

    kind: Kind
    name: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" ({self.where})" if self.where else "")


class Pin(NamedTuple):
    """What a name stood for: a digest, a version, a commit, a checksum or a time; `date` is the day on which it did."""

    value: str
    date: str


class Lock(NamedTuple):
    """The pins of a project, and what its base images do not tell.

    `environments` are the suite and the versions of languages that count for stages whose base image names none:
    `{"system": "debian/bookworm", "python": "3.12"}`.
    """

    pins: Mapping[Key, Pin] = {}
    environments: Mapping[str, str] = {}

    def over(self, pins: Mapping[Key, Pin]) -> Lock:
        """The lock with these pins in the place of what it knows of them."""
        return self._replace(pins={**self.pins, **pins})


def is_value(kind: Kind, value: str) -> bool:
    """Whether a text can be the value of a pin: nothing else is ever written into a Dockerfile."""
    return len(value) <= 200 and re.fullmatch(_VALUES[kind], value) is not None


def parted(kind: Kind, text: str) -> tuple[str, str] | None:
    """The name and the value in a word such as `flask==3.0`; None where it holds no value of that form."""
    name, found, value = text.rpartition(SIGNS[kind])
    return (name, value) if found and name and is_value(kind, value) else None


def to_document(lock: Lock) -> dict[str, object]:
    """A lock as a document, sorted, so that it reads well in a diff; its schema is schemas/pins.json."""
    return {
        "version": 1,
        "environments": dict(sorted(lock.environments.items())),
        "pins": [
            {"kind": key.kind, "name": key.name, "where": key.where, **pin._asdict()}
            for key, pin in sorted(lock.pins.items())
        ],
    }


def from_document(document: dict[str, Any]) -> Lock:
    """The lock in a document that its schema accepts; ValueError where a value could be none of its kind."""
    pins: dict[Key, Pin] = {}
    for at, one in enumerate(document["pins"]):
        if not is_value(one["kind"], one["value"]):
            raise ValueError(f"pins/{at}/value: `{one['value'][:80]}` is no value that a pin of {one['kind']} can have")
        pins[Key(one["kind"], one["name"], one["where"])] = Pin(one["value"], one["date"])
    return Lock(pins, document["environments"])
