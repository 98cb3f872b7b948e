"""Go modules: the version that `@latest` means, from the proxies that go is configured with."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from urllib.parse import quote

from ..analyzer.named_tuple import NamedTuple
from .clients import asked, settings_text
from .http import Answer, Client, Unresolved, shown, split_login
from .versions import release


class Proxies(NamedTuple):
    """The module proxies that go asks, one after the other, and the patterns of modules that it asks none about."""

    addresses: tuple[str, ...]
    private: tuple[str, ...] = ()


def candidate(package: str, client: Client, proxies: Proxies, date: str | None = None) -> str:
    """The version of the module that holds a package, as `go install PACKAGE@latest` finds it; Unresolved."""
    if any(_is_below(package, pattern) for pattern in proxies.private):
        raise Unresolved(f"`{package}` is private (GOPRIVATE): go asks its repository and no proxy; pin it by hand")
    if not proxies.addresses:
        raise Unresolved("no module proxy of go is known; give it, as `--go-proxy URL`")
    for address in proxies.addresses:
        for module in _modules(package):
            base, login = split_login(f"{address.rstrip('/')}/{_escaped(module)}")
            answer = client.get(f"{base}/@latest", auth=login, also=frozenset({404, 410}))
            if answer.status == 200:
                return _field(answer, "Version") if date is None else _as_of(package, base, login, client, date)
    told = ", ".join(shown(one) for one in proxies.addresses)
    raise Unresolved(f"no module of `{package}` is known to {told}; check the path")


def _as_of(package: str, base: str, login: tuple[str, str] | None, client: Client, date: str) -> str:
    """The newest release of a day or before."""
    listed = client.get(f"{base}/@v/list", auth=login).body.decode("utf-8", "replace").split()
    order = {version: place for version in listed if (place := release(version)) is not None}
    for version in sorted(order, key=lambda one: order[one], reverse=True):
        answer = client.get(f"{base}/@v/{quote(_cased(version))}.info", auth=login)
        if _field(answer, "Time")[:10] <= date:
            return version
    raise Unresolved(f"`{package}` has no release of {date} or before")


def _field(answer: Answer, name: str) -> str:
    document = answer.json()
    found = document.get(name) if hasattr(document, "get") else None
    if not isinstance(found, str):
        raise Unresolved(f"{shown(answer.url)} answered without a {name.lower()}")
    return found


def _modules(package: str) -> Iterator[str]:
    """The paths that the module of a package can have, the longest first."""
    while "/" in package:
        yield package
        package = package.rpartition("/")[0]


def _escaped(module: str) -> str:
    return quote(_cased(module), safe="/!")


def _cased(text: str) -> str:
    """A path as proxies want it: capital letters are small ones behind `!` (go.dev/ref/mod#goproxy-protocol)."""
    return re.sub(r"[A-Z]", lambda match: "!" + match[0].lower(), text)


def _is_below(package: str, pattern: str) -> bool:
    parts = package.split("/")
    depth = pattern.count("/") + 1
    return fnmatch.fnmatchcase("/".join(parts[:depth]), pattern)


def own_proxies() -> Proxies:
    """The proxies of go on this machine: of the environment, of its settings file, or as go itself tells."""
    proxy = _setting("GOPROXY") or asked("go", "env", "GOPROXY")
    private = _setting("GONOPROXY") or _setting("GOPRIVATE") or ""
    addresses = tuple(one for one in re.split(r"[,|]", proxy) if one.startswith(("https://", "http://")))
    return Proxies(addresses, tuple(one for one in private.split(",") if one))


def _setting(name: str) -> str:
    """A setting of go in the environment, or in the file that `go env -w` writes; "" where neither has it."""
    given = os.environ.get(name)
    if given:
        return given
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    path = os.environ.get("GOENV") or os.path.join(config, "go", "env")
    rows = (settings_text(path) or "").splitlines()
    return next((row.partition("=")[2].strip() for row in rows if row.startswith(name + "=")), "")
