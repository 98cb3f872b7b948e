"""npm packages: the version that `npm install NAME` would take, from the registry that npm is configured with."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import Any, cast
from .clients import asked, settings_text
from .http import Client, Unresolved, shown, split_login
from .versions import newest

_SHORT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"


class Settings(NamedTuple):
    """What npm's settings say, by their names: `registry`, `@scope:registry`, `//host/:_authToken` and so on."""

    values: Mapping[str, str] = {}

    def registry(self, name: str) -> str | None:
        """The registry of a package, None where none is set."""
        scope = name.partition("/")[0] if name.startswith("@") else ""
        return self.values.get(f"{scope}:registry") or self.values.get("registry") or None

    def headers(self, address: str) -> dict[str, str]:
        """The login for an address: the one that is set for it, or for the nearest folder above it."""
        place = address.partition(":")[2]
        while place.strip("/"):
            for form in (place, place.rstrip("/")):
                token = self.values.get(f"{form}:_authToken")
                if token:
                    return {"Authorization": f"Bearer {token}"}
                basic = self.values.get(f"{form}:_auth")
                if basic:
                    return {"Authorization": f"Basic {basic}"}
            place = place.rstrip("/").rpartition("/")[0] + "/"
        return {}


def candidate(name: str, client: Client, settings: Settings, date: str | None = None) -> str:
    """What the tag `latest` of a package names; as of a `date`, the newest release until then. Unresolved."""
    registry = settings.registry(name)
    if registry is None:
        raise Unresolved("no registry of npm is known; give it, as `--npm-registry URL`")
    address, login = split_login(registry)
    url = f"{address.rstrip('/')}/{quote(name, safe='@')}"
    headers = settings.headers(url) | ({"Accept": _SHORT} if date is None else {"Accept": "application/json"})
    answer = client.get(url, headers, auth=login, certificates=settings.values.get("cafile"), also=frozenset({404}))
    if answer.status == 404:
        raise Unresolved(f"`{name}` is not in {shown(address)}; check the name")
    document = answer.json()
    tags, versions = _table(document, "dist-tags"), _table(document, "versions")
    latest = tags.get("latest")
    if date is not None:
        return _as_of(name, _table(document, "time"), versions, latest, date, address)
    if latest is None or latest not in versions:
        raise Unresolved(f"`{name}` has no version that is called latest in {shown(address)}")
    return str(latest)


def _as_of(
    name: str, times: Mapping[str, Any], versions: Mapping[str, Any], latest: object, date: str, registry: str
) -> str:
    """What `npm install --before` takes: `latest` where it is old enough, else the newest release that is."""
    if not times:
        raise Unresolved(f"{shown(registry)} does not tell when `{name}` was published, so --date cannot be kept")
    old = {one for one in versions if str(times.get(one, "9999"))[:10] <= date}
    found = str(latest) if latest in old else newest(old)
    if found is None:
        raise Unresolved(f"`{name}` has no release of {date} or before")
    return found


def own_settings(folder: str = os.curdir) -> Settings:
    """The settings of npm on this machine for a project's folder.

    Where no file names a registry, npm is asked for its own, if it is installed.
    """
    values: dict[str, str] = {}
    user = os.environ.get("NPM_CONFIG_USERCONFIG") or os.path.join(os.path.expanduser("~"), ".npmrc")
    for path in ("/etc/npmrc", "/usr/local/etc/npmrc", user):
        values |= {key: _expanded(value) for key, value in _read(path).items()}
    own = _read(os.path.join(folder, ".npmrc"))  # may be anybody's: it says where, and learns no secret
    values |= {key: value for key, value in own.items() if key == "registry" or key.endswith(":registry")}
    for name, value in os.environ.items():
        if name.lower().startswith("npm_config_") and value:
            values[name.lower().removeprefix("npm_config_").replace("_", "-")] = value
    if "registry" not in values:
        told = asked("npm", "config", "get", "registry")
        if told.startswith(("https://", "http://")):
            values["registry"] = told
    return Settings(values)


def _read(path: str) -> Mapping[str, str]:
    rows = (settings_text(path) or "").splitlines()
    pairs = [row.partition("=") for row in rows if "=" in row and not row.lstrip().startswith(("#", ";"))]
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def _expanded(text: str) -> str:
    """A value with `${NAME}` replaced by the variable of the environment; as it is where that is not set."""
    return re.sub(r"\$\{(\w+)\}", lambda match: os.environ.get(match[1], match[0]), text)


def _table(document: Any, name: str) -> Mapping[str, Any]:
    """A part of what a registry says of a package; `time` may be missing."""
    if hasattr(document, "get") and name == "time" and document.get(name) is None:
        return {}
    found: Any = document.get(name) if hasattr(document, "get") else None
    if not hasattr(found, "get"):
        raise Unresolved("the registry of npm answered with something that describes no package")
    return cast("Mapping[str, Any]", found)
