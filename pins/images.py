"""Images: the digest that a tag has now, asked of the registry (OCI distribution spec 1.1, docker's token auth)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from ..analyzer.graph.images import ImageRef, image_ref
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import is_value
from .http import Answer, Client, Unresolved, failed, shown
from .logins import Docker, Login

_ACCEPT = ", ".join((
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
))  # fmt: skip
_HUB = "docker.io"
_HUB_ADDRESS = f"index.{_HUB}"
"""Where images without a registry in their name are: what the rules of such names say, and every client keeps to."""


class Registry(NamedTuple):
    """One way to an image: the address of a registry's API, and the registry in whose name a login is kept."""

    address: str
    host: str


def digest(name: str, client: Client, docker: Docker, mirrors: Sequence[str] = ()) -> str:
    """The digest of an image by its whole name with a tag; that of the index where it is for several platforms.

    `mirrors` go before those of docker's own configuration, for images without a registry in their name. Unresolved.
    """
    ref = image_ref(name)
    host, _, path = ref.name.partition("/")
    errors: list[str] = []
    for registry in _registries(host, docker, mirrors):
        try:
            return _digest(registry, path, ref, client, docker)
        except Unresolved as error:
            errors.append(str(error))
    raise Unresolved("; ".join(dict.fromkeys(errors)))


def _registries(host: str, docker: Docker, mirrors: Sequence[str]) -> list[Registry]:
    """The ways to a registry, the best first: without TLS only where that is this machine, or docker is told so."""
    found: list[Registry] = []
    if host == _HUB:
        for mirror in mirrors or docker.mirrors:
            address = mirror if "://" in mirror else f"https://{mirror}"
            found.append(Registry(address.rstrip("/"), urlsplit(address).netloc))
        return [*found, Registry(f"https://{_HUB_ADDRESS}", _HUB)]
    if re.match(r"(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$", host):
        return [Registry(f"{'https' if host.endswith(':443') else 'http'}://{host}", host)]
    found = [Registry(f"https://{host}", host)]
    return [*found, Registry(f"http://{host}", host)] if host in docker.insecure else found


def _digest(registry: Registry, path: str, ref: ImageRef, client: Client, docker: Docker) -> str:
    url = f"{registry.address}/v2/{path}/manifests/{ref.tag}"
    headers = {"Accept": _ACCEPT}
    answer = client.ask("HEAD", url, headers)
    if answer.status == 401:
        headers |= {"Authorization": _authorization(answer, registry, path, client, docker)}
        answer = client.ask("HEAD", url, headers)
    told = answer.headers.get("docker-content-digest", "")
    if answer.status == 200 and is_value("image", told):
        return told
    if answer.status in (200, 404, 405):  # some registries know no HEAD, or tell no digest
        whole = client.ask("GET", url, headers)
        if whole.status == 200:
            return _counted(whole)
        answer = whole
    if answer.status == 404:
        raise Unresolved(
            f"{_place(registry)} has no image {path}:{ref.tag}; check the name, or log in if it is private"
        )
    if answer.status in (401, 403):
        raise Unresolved(
            f"{_place(registry)} refuses {path}: there is no such image, or the login that docker has may not read it; "
            f"`docker login {registry.host}`"
        )
    raise Unresolved(failed(answer))


def _counted(answer: Answer) -> str:
    """The digest of a manifest, counted; Unresolved where it is none, or not what the registry says."""
    document = answer.json()
    if not hasattr(document, "get") or document.get("schemaVersion") != 2:
        raise Unresolved(f"{shown(answer.url)} answered with something that is no image manifest of version 2")
    counted = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
    told = answer.headers.get("docker-content-digest", counted)
    if told.startswith("sha256:") and told != counted:
        raise Unresolved(f"{shown(answer.url)} says that it sends {told}, and sends {counted}; try again, or report it")
    return counted


def _authorization(answer: Answer, registry: Registry, path: str, client: Client, docker: Docker) -> str:
    """The header that a registry's challenge asks for; Unresolved."""
    scheme, _, rest = answer.headers.get("www-authenticate", "").partition(" ")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    login = docker.login(registry.host)
    if scheme.lower() == "basic":
        if login is None or not login.name:
            raise Unresolved(f"{_place(registry)} wants a login, and docker has none; `docker login {registry.host}`")
        return login.basic
    if scheme.lower() != "bearer" or not fields.get("realm"):
        raise Unresolved(f"{_place(registry)} wants a login of an unknown kind: `{scheme or 'none named'}`")
    realm = fields["realm"]
    if not realm.startswith("https://") and registry.address.startswith("https://"):
        raise Unresolved(
            f"{_place(registry)} wants the login to be sent without TLS, to {shown(realm)}; that is not done"
        )
    asked = {"service": fields.get("service", ""), "scope": f"repository:{path}:pull"}
    token = _token(realm, asked, login, client)
    found = token.get("token") or token.get("access_token")
    if not found or not str(found).isascii():
        raise Unresolved(f"{shown(realm)} answered without a token")
    return f"Bearer {found}"


def _token(realm: str, asked: Mapping[str, str], login: Login | None, client: Client) -> Mapping[str, object]:
    if login is not None and login.identity:
        form = {**asked, "grant_type": "refresh_token", "client_id": "dcache", "refresh_token": login.identity}
        answer = client.ask("POST", realm, form=form)
    else:
        url = f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}"
        answer = client.ask("GET", url, {"Authorization": login.basic} if login is not None else {})
    if answer.status != 200:
        raise Unresolved(failed(answer))
    document = answer.json()
    if not hasattr(document, "get"):
        raise Unresolved(f"{shown(realm)} answered without a token")
    found: Mapping[str, object] = document
    return found


def _place(registry: Registry) -> str:
    return shown(registry.address)
