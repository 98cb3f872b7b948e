"""A registry of images on this machine: manifests by name and tag, open, or behind a token or a password."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Literal

from .serving import Asked, Reply, Server

INDEX = "application/vnd.oci.image.index.v1+json"
Guard = Literal["open", "token", "basic"]


class Registry:
    """Routes of a server that make it a registry (OCI distribution spec 1.1, docker's token authentication)."""

    def __init__(self, server: Server, guard: Guard = "open", login: str = "", realm: str | None = None) -> None:
        """Nothing is in it. `login` is `name:password`; "" means that anybody gets a token; `realm` is who gives it."""
        self.server = server
        self.guard = guard
        self.login = login
        self.realm = realm or f"{server.url}/token"
        if guard == "token":
            server.add("/token", self.token)

    def push(self, path: str, tag: str, manifest: object | None = None, *, head: bool = True) -> str:
        """Keep a manifest; its digest. Without `head` the registry tells digests to GET only."""
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "of": [path, tag]}
        body = json.dumps(document if manifest is None else manifest).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        told = {"Docker-Content-Digest": digest} if head else {}
        reply = Reply(body, headers={"Content-Type": INDEX, **told})
        self.server.add(f"/v2/{path}/manifests/{tag}", lambda asked: self.guarded(asked, path) or reply)
        return digest

    def guarded(self, asked: Asked, path: str) -> Reply | None:
        """The challenge to a request that shows no login, None where it may pass."""
        given = asked.headers.get("authorization", "")
        if self.guard == "token" and given != f"Bearer token-for-{path}":
            fields = f'realm="{self.realm}",service="test registry",scope="repository:{path}:pull"'
            return Reply(b"{}", 401, {"WWW-Authenticate": f"Bearer {fields}"})
        if self.guard == "basic" and given != self.basic:
            return Reply(b"{}", 401, {"WWW-Authenticate": 'Basic realm="test"'})
        return None

    @property
    def basic(self) -> str:
        """The header that shows the login."""
        return "Basic " + base64.b64encode(self.login.encode()).decode()

    def token(self, asked: Asked) -> Reply:
        """The token service."""
        from urllib.parse import parse_qs, urlsplit

        if asked.method == "POST":
            form = parse_qs(asked.body.decode())
            if form.get("refresh_token") != ["identity"] or form.get("grant_type") != ["refresh_token"]:
                return Reply(b"{}", 401)
            scope = form["scope"][0]
            return Reply(json.dumps({"access_token": f"token-for-{scope.split(':')[1]}"}).encode())
        if self.login and asked.headers.get("authorization") != self.basic:
            return Reply(b'{"errors": []}', 401)
        query = parse_qs(urlsplit(asked.path).query)
        assert query["service"] == ["test registry"]
        return Reply(json.dumps({"token": f"token-for-{query['scope'][0].split(':')[1]}"}).encode())
