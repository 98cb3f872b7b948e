"""Packages of Alpine: the version that apk would install, from the indexes of a branch.

Signatures are not checked here: a pin is only a number, and apk checks what it installs.
"""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from collections.abc import Iterable, Sequence

from .clients import settings_text
from .http import Client, Unresolved, shown

_REPOSITORIES = ("main", "community")
"""The repositories that the base images enable."""
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64", "386": "x86", "arm": "armv7"}
_LARGEST = 256 << 20


class Repositories:
    """The indexes of branches, each read once."""

    def __init__(self, client: Client, mirrors: Sequence[str] = (), architectures: Sequence[str] = ("amd64",)) -> None:
        """Nothing is read yet. `mirrors` are addresses, the part before `/v3.20`; else this machine's own are asked."""
        self._client = client
        self._mirrors = mirrors
        self._architectures = architectures
        self._versions: dict[str, dict[str, set[str]]] = {}

    def candidate(self, name: str, system: str) -> str:
        """The version of a package that apk would install on a system such as `alpine/v3.20`; Unresolved."""
        found: set[str] = set()
        for architecture in self._architectures:
            versions = self._branch(system, architecture).get(name)
            if not versions:
                raise Unresolved(f"`{name}` is in no index of {system} for {architecture}; check the name")
            found |= versions
        if len(found) > 1:
            raise Unresolved(
                f"`{name}` of {system} has more than one version: {', '.join(sorted(found))}; pin it by hand"
            )
        return found.pop()

    def _branch(self, system: str, architecture: str) -> dict[str, set[str]]:
        key, branch = f"{system} {architecture}", system.partition("/")[2]
        if key not in self._versions:
            mirrors = self._mirrors or own_mirrors()
            if not mirrors:
                raise Unresolved(
                    f"no index of {system} is known: give the part of a mirror before /{branch}, as --apk-mirror URL"
                )
            found: dict[str, set[str]] = {}
            for repository in _REPOSITORIES:
                for name, version in self._repository(mirrors[0], branch, repository, architecture):
                    found.setdefault(name, set()).add(version)
            self._versions[key] = found
        return self._versions[key]

    def _repository(self, mirror: str, branch: str, repository: str, architecture: str) -> Iterable[tuple[str, str]]:
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
                yield fields["P"], fields["V"]


def own_mirrors(path: str = "/etc/apk/repositories") -> list[str]:
    """The mirrors that apk on this machine is configured with, without branch and repository."""
    rows = (settings_text(path) or "").splitlines()
    found = [re.match(r"(https?://\S+?)/(?:v\d+\.\d+|edge)/\w+\s*$", row.strip()) for row in rows]
    return list(dict.fromkeys(one[1] for one in found if one is not None))
