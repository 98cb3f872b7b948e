"""Packages of Alpine: the version that apk would install, from the indexes of a branch.

Signatures are not checked here: a pin is only a number, and apk checks what it installs.
"""

from __future__ import annotations

import datetime
import io
import re
import tarfile
import zlib
from collections.abc import Iterable, Sequence

from ..analyzer.named_tuple import NamedTuple
from .clients import settings_text
from .http import Client, Unresolved, shown

_REPOSITORIES = ("main", "community")
"""The repositories that the base images enable."""
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64", "386": "x86", "arm": "armv7"}
_LARGEST = 256 << 20


class _Package(NamedTuple):
    """One version of a package in an index, and the day on which it was built, "" where that is not told."""

    name: str
    version: str
    day: str


class Repositories:
    """The indexes of branches, each read once."""

    def __init__(
        self,
        client: Client,
        mirrors: Sequence[str] = (),
        architectures: Sequence[str] = ("amd64",),
        date: str | None = None,
    ) -> None:
        """Nothing is read yet. `mirrors` are addresses, the part before `/v3.20`; else this machine's own are asked.

        `date`, YYYY-MM-DD, is the last day, by UTC, on which a version may have been built.
        """
        self._client = client
        self._mirrors = mirrors
        self._architectures = architectures
        self._date = date
        self._packages: dict[str, dict[str, list[_Package]]] = {}

    def candidate(self, name: str, system: str) -> str:
        """The version of a package that apk would install on a system such as `alpine/v3.20`; Unresolved."""
        found: list[_Package] = []
        for architecture in self._architectures:
            packages = self._branch(system, architecture).get(name)
            if not packages:
                raise Unresolved(f"`{name}` is in no index of {system} for {architecture}; check the name")
            found += packages
        versions = sorted({one.version for one in found})
        if len(versions) > 1:
            raise Unresolved(f"`{name}` of {system} has more than one version: {', '.join(versions)}; pin it by hand")
        self._check_age(name, system, found)
        return versions[0]

    def _check_age(self, name: str, system: str, found: Sequence[_Package]) -> None:
        """Unresolved where a build of a package is of a later day than is asked for: an index has no older ones."""
        if self._date is None:
            return
        days = [one.day for one in found]
        if not all(days):
            raise Unresolved(f"the index of {system} does not tell when `{name}` was built; pin it without --date")
        if max(days) > self._date:
            raise Unresolved(
                f"`{name}` of {system} was built on {max(days)}, and the index keeps no older version; "
                "pin it without --date, or give that day"
            )

    def _branch(self, system: str, architecture: str) -> dict[str, list[_Package]]:
        key, branch = f"{system} {architecture}", system.partition("/")[2]
        if key not in self._packages:
            mirrors = self._mirrors or own_mirrors()
            if not mirrors:
                raise Unresolved(
                    f"no index of {system} is known: give the part of a mirror before /{branch}, as --apk-mirror URL"
                )
            found: dict[str, list[_Package]] = {}
            for repository in _REPOSITORIES:
                for one in self._repository(mirrors[0], branch, repository, architecture):
                    found.setdefault(one.name, []).append(one)
            self._packages[key] = found
        return self._packages[key]

    def _repository(self, mirror: str, branch: str, repository: str, architecture: str) -> Iterable[_Package]:
        there = _ARCHITECTURES.get(architecture, architecture)
        url = f"{mirror.rstrip('/')}/{branch}/{repository}/{there}/APKINDEX.tar.gz"
        answer = self._client.get(url, {"Accept-Encoding": "identity"})
        try:
            with tarfile.open(fileobj=io.BytesIO(answer.body), mode="r:gz") as archive:
                member = archive.extractfile("APKINDEX")
                text = b"" if member is None else member.read(_LARGEST)
        except (tarfile.TarError, KeyError, OSError, EOFError, zlib.error):
            raise Unresolved(f"{shown(url)} is no index of packages, or damaged") from None
        for paragraph in text.decode("utf-8", "replace").split("\n\n"):
            fields = dict(line.split(":", 1) for line in paragraph.splitlines() if ":" in line)
            if "P" in fields and "V" in fields:
                yield _Package(fields["P"], fields["V"], _day(fields.get("t", "")))


def _day(seconds: str) -> str:
    """The day, YYYY-MM-DD by UTC, of a time since 1970; "" where it is none."""
    if not re.fullmatch(r"\d{1,11}", seconds):
        return ""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).date().isoformat()


def own_mirrors(path: str = "/etc/apk/repositories") -> list[str]:
    """The mirrors that apk on this machine is configured with, without branch and repository."""
    rows = (settings_text(path) or "").splitlines()
    found = [re.match(r"(https?://\S+?)/(?:v\d+\.\d+|edge)/\w+\s*$", row.strip()) for row in rows]
    return list(dict.fromkeys(one[1] for one in found if one is not None))
