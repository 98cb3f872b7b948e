"""Docker's own configuration: logins, mirrors, and registries without TLS.

Logins are read as docker reads them: from `auths` in config.json, or by running the program that it names in
`credHelpers` or `credsStore`, `docker-credential-NAME`, which is the only way in which such a login can be had.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import subprocess
from collections.abc import Mapping

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import Any
from .http import Unresolved

_HUB = "docker.io"
_HUB_KEYS = (f"https://index.{_HUB}/v1/", f"index.{_HUB}", _HUB)
_HELPER_SECONDS = 60


class Login(NamedTuple):
    """A name and a password, or an identity token in their place."""

    name: str
    password: str
    identity: str = ""

    @property
    def basic(self) -> str:
        """The header of HTTP's basic authentication."""
        return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()


class Docker(NamedTuple):
    """What docker's client and daemon are told: the client's configuration, mirrors, registries without TLS."""

    config: Mapping[str, Any] = {}
    mirrors: tuple[str, ...] = ()
    insecure: frozenset[str] = frozenset()

    def login(self, host: str) -> Login | None:
        """The login for a registry, None without one; Unresolved where the program that keeps it fails."""
        keys = _HUB_KEYS if host == _HUB else (host, f"https://{host}", f"https://{host}/v1/", f"https://{host}/v2/")
        helpers = _table(self.config.get("credHelpers"))
        auths = _table(self.config.get("auths"))
        for key in keys:
            if key in helpers:
                return _helped(str(helpers[key]), key)
        store = self.config.get("credsStore")
        if store and (key := next((one for one in keys if one in auths), keys[0])):
            found = _helped(str(store), key)
            if found is not None:
                return found
        for key in keys:
            if key in auths:
                return _written(_table(auths[key]), key)
        return None


def read_docker() -> Docker:
    """The configuration of this user's docker; Unresolved where a file of it is no JSON."""
    folder = os.environ.get("DOCKER_CONFIG") or os.path.join(os.path.expanduser("~"), ".docker")
    config = _read(os.path.join(folder, "config.json"))
    mirrors: list[str] = []
    insecure: set[str] = set()
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    for path in (os.path.join(home, "docker", "daemon.json"), "/etc/docker/daemon.json"):
        daemon = _read(path)
        mirrors += [str(one) for one in daemon.get("registry-mirrors") or ()]
        insecure.update(str(one) for one in daemon.get("insecure-registries") or ())
    return Docker(config, tuple(dict.fromkeys(mirrors)), frozenset(insecure))


def _read(path: str) -> Mapping[str, Any]:
    try:
        with open(path, "rb") as file:
            return _table(json.load(file))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise Unresolved(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Unresolved(f"{path} is not JSON; mend it, docker cannot read it either") from None


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _written(entry: Mapping[str, Any], key: str) -> Login | None:
    """The login that stands in the configuration itself."""
    identity = str(entry.get("identitytoken") or "")
    text = entry.get("auth")
    if not text:
        name = str(entry.get("username") or "")
        return Login(name, str(entry.get("password") or ""), identity) if name or identity else None
    try:
        decoded = base64.b64decode(str(text), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    name, colon, password = decoded.partition(":")
    if not colon:
        raise Unresolved(f"the login for `{key}` in docker's config.json is damaged; log in again: `docker login`")
    return Login(name, password.rstrip("\0"), identity)


def _helped(helper: str, key: str) -> Login | None:
    """The login that a program keeps; None where it has none for that registry."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", helper):
        raise Unresolved(f"docker's config.json names the credential helper `{helper}`, which can be no program")
    program = f"docker-credential-{helper}"
    try:
        ended = subprocess.run(
            [program, "get"], input=key, capture_output=True, text=True, check=False, timeout=_HELPER_SECONDS
        )
    except FileNotFoundError:
        raise Unresolved(f"docker's config.json names `{program}`, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unresolved(f"`{program}` did not end within {_HELPER_SECONDS} s") from None
    said = ended.stdout.strip()
    if ended.returncode:
        if "credentials not found" in said or "no credentials" in said.lower():
            return None
        raise Unresolved(f"`{program}` failed: {(said or ended.stderr.strip())[:200]}")
    try:
        document = _table(json.loads(said))
    except ValueError:
        raise Unresolved(f"`{program}` answered with something that is not JSON") from None
    name, secret = str(document.get("Username") or ""), str(document.get("Secret") or "")
    return Login("", "", secret) if name == "<token>" else Login(name, secret)
