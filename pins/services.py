"""All services behind one question: what does this name stand for now?"""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from functools import cached_property

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import Key, is_value
from ..analyzer.typing import Any, assert_never
from . import alpine, crates, debian, downloads, gems, git, golang, images, logins, npm, python
from .http import Client, Unresolved

_ARCHITECTURES = ("amd64",)


class Hosts(NamedTuple):
    """Where to ask, in the place of what clients on this machine are told; empty or None: where they ask.

    `folder` is the project's, whose .npmrc counts. `date` is the day as of which names are looked up, YYYY-MM-DD; None
    is now. `architectures` are those for which packages of distributions must be there, amd64 where none is given.
    """

    registry_mirrors: tuple[str, ...] = ()
    apt_mirrors: tuple[str, ...] = ()
    apk_mirrors: tuple[str, ...] = ()
    pip_indexes: tuple[str, ...] = ()
    npm_registry: str | None = None
    gem_sources: tuple[str, ...] = ()
    go_proxies: tuple[str, ...] = ()
    cargo_index: str | None = None
    architectures: tuple[str, ...] = ()
    date: str | None = None
    folder: str = os.curdir

    def over(self, settings: Mapping[str, Any]) -> Hosts:
        """These hosts, and where they say nothing those of a settings file, by their names there."""
        given = {key.replace("-", "_"): value for key, value in settings.items()}
        more: dict[str, Any] = {
            key: value if isinstance(value, str) else tuple(value)
            for key, value in given.items()
            if not getattr(self, key)
        }
        return self._replace(**more)


class Found(NamedTuple):
    """What a name stands for, and what should be known about that."""

    value: str
    notes: tuple[str, ...] = ()


class Services:
    """The services of one run; settings of clients are read when they are first needed."""

    def __init__(self, client: Client, hosts: Hosts) -> None:
        """Nothing is asked yet."""
        self._client = client
        self._hosts = hosts

    def find(self, key: Key) -> Found:
        """What a name stands for; Unresolved with one clause, why that is not known and what to do."""
        found = self._found(key)
        if not is_value(key.kind, found.value):
            raise Unresolved(f"`{found.value[:80]}` is the answer, which no {key.kind} can have; nothing is written")
        return found

    def _found(self, key: Key) -> Found:
        client, date = self._client, self._hosts.date
        version = key.where.partition("/")[2]
        match key.kind:
            case "image":
                return Found(self._image(key.name))
            case "apt":
                candidate = self._archive.candidate(key.name, key.where)
                return Found(candidate.version, _unseen(candidate.unseen))
            case "apk":
                return Found(self._repositories.candidate(key.name, key.where))
            case "pip":
                return Found(python.candidate(key.name, version, client, self._pip, date))
            case "npm":
                return Found(npm.candidate(key.name, client, self._npm, date))
            case "gem":
                return Found(gems.candidate(key.name, version, client, self._gems, date))
            case "go":
                return Found(golang.candidate(key.name, client, self._go, date))
            case "cargo":
                return Found(crates.candidate(key.name, version or None, client, self._cargo, date))
            case "git":
                return Found(git.commit(key.name, date=date))
            case "download":
                return Found(downloads.checksum(key.name, client, date))
            case "snapshot":  # any time has one: the newest that was made until then
                day = date or datetime.datetime.now(datetime.UTC).date().isoformat()
                return Found(f"{day.replace('-', '')}T000000Z")
            case _:
                assert_never(key.kind)

    def _image(self, name: str) -> str:
        if self._hosts.date is not None:
            raise Unresolved(
                "a registry keeps no history of its tags: write the digest by hand, which a log of a build of that day "
                "names, or pin it without --date"
            )
        return images.digest(name, self._client, self._docker, self._hosts.registry_mirrors)

    @cached_property
    def _docker(self) -> logins.Docker:
        return logins.read_docker()

    @cached_property
    def _archive(self) -> debian.Archive:
        hosts = self._hosts
        return debian.Archive(self._client, hosts.apt_mirrors, hosts.architectures or _ARCHITECTURES, hosts.date)

    @cached_property
    def _repositories(self) -> alpine.Repositories:
        hosts = self._hosts
        return alpine.Repositories(self._client, hosts.apk_mirrors, hosts.architectures or _ARCHITECTURES, hosts.date)

    @cached_property
    def _pip(self) -> python.Indexes:
        given = self._hosts.pip_indexes
        own = python.own_indexes()
        return own._replace(addresses=given) if given else own

    @cached_property
    def _npm(self) -> npm.Settings:
        given = self._hosts.npm_registry
        own = npm.own_settings(self._hosts.folder)
        return npm.Settings({**own.values, "registry": given}) if given else own

    @cached_property
    def _gems(self) -> Sequence[str]:
        return self._hosts.gem_sources or gems.own_sources()

    @cached_property
    def _go(self) -> golang.Proxies:
        given = self._hosts.go_proxies
        own = golang.own_proxies()
        return own._replace(addresses=given) if given else own

    @cached_property
    def _cargo(self) -> str | None:
        return self._hosts.cargo_index or crates.own_index()


def _unseen(pockets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"no archive with {pocket} is known: newer versions there are not seen" for pocket in pockets)
