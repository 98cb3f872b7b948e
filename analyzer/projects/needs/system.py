"""Packages of a distribution whose names stand in files of the project."""

from __future__ import annotations

from .asked import Asked, Needs, Unknown


def _listed(asked: Asked) -> Needs:
    if not asked.install.files:
        raise Unknown("where the names of the packages come from is not known")
    files = tuple(asked.path(name) for name in asked.install.files)
    for path in files:
        if not asked.is_file(path):
            raise Unknown(f"the context has no `{path}`")
    return Needs(files)


READERS = dict.fromkeys(("apt", "aptitude", "apk", "dnf", "yum", "zypper", "pacman"), _listed)
