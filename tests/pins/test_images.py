"""Digests of images: registries that are open, closed, odd and broken."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.pins.http import Unresolved
from dcache.pins.images import digest
from dcache.pins.logins import Docker, read_docker

from .registry import Registry
from .serving import Reply, Server, client


def _auth(login: str) -> Mapping[str, str]:
    return {"auth": base64.b64encode(login.encode()).decode()}


def _configured(home: Path, config: object, daemon: object | None = None) -> Docker:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker/config.json").write_text(json.dumps(config))
    if daemon is not None:
        (home / ".config/docker").mkdir(parents=True, exist_ok=True)
        (home / ".config/docker/daemon.json").write_text(json.dumps(daemon))
    return read_docker()


def _helper(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch, name: str = "test") -> None:
    path = folder / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_an_open_registry(server: Server) -> None:
    wanted = Registry(server).push("team/app", "1.2")
    assert digest(f"{server.host}/team/app:1.2", client(), Docker()) == wanted
    assert [one.method for one in server.asked] == ["HEAD"], "a HEAD does not count as a pull"
    assert "application/vnd.oci.image.index.v1+json" in server.asked[0].headers["accept"]


def test_a_registry_that_tells_digests_to_get_only(server: Server) -> None:
    wanted = Registry(server).push("app", "1", head=False)
    assert digest(f"{server.host}/app:1", client(), Docker()) == wanted


def test_a_registry_without_head(server: Server) -> None:
    body = b'{"schemaVersion": 2}'
    server.add("/v2/app/manifests/1", Reply(b"", 405), Reply(body))
    assert digest(f"{server.host}/app:1", client(), Docker()).startswith("sha256:")


def test_a_token_for_anybody(server: Server) -> None:
    wanted = Registry(server, "token").push("team/app", "1")
    assert digest(f"{server.host}/team/app:1", client(), Docker()) == wanted
    assert "authorization" not in server.asked[1].headers


def test_a_token_for_a_login(server: Server, home: Path) -> None:
    wanted = Registry(server, "token", "me:secret").push("team/app", "1")
    docker = _configured(home, {"auths": {server.host: _auth("me:secret")}})
    assert digest(f"{server.host}/team/app:1", client(), docker) == wanted


def test_a_token_for_an_identity(server: Server, home: Path) -> None:
    wanted = Registry(server, "token", "me:secret").push("team/app", "1")
    docker = _configured(home, {"auths": {server.host: {"identitytoken": "identity", **_auth("me:x")}}})
    assert digest(f"{server.host}/team/app:1", client(), docker) == wanted


def test_a_password(server: Server, home: Path) -> None:
    wanted = Registry(server, "basic", "me:secret").push("app", "1")
    docker = _configured(home, {"auths": {f"https://{server.host}": _auth("me:secret")}})
    assert digest(f"{server.host}/app:1", client(), docker) == wanted


@pytest.mark.parametrize("key", ["credHelpers", "credsStore"])
def test_a_program_that_keeps_logins(key: str, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Registry(server, "basic", "me:secret").push("app", "1")
    said = '{"Username":"me","Secret":"secret"}'
    _helper(home, f"read asked; [ \"$1 $asked\" = 'get {server.host}' ] && echo '{said}'", monkeypatch)
    config = {"credHelpers": {server.host: "test"}} if key == "credHelpers" else {"credsStore": "test"}
    assert digest(f"{server.host}/app:1", client(), _configured(home, config)) == wanted


def test_a_program_that_keeps_an_identity(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Registry(server, "token", "me:secret").push("app", "1")
    _helper(home, """echo '{"Username":"<token>","Secret":"identity"}'""", monkeypatch)
    assert digest(f"{server.host}/app:1", client(), _configured(home, {"credsStore": "test"})) == wanted


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'the key ring is locked'; exit 1", "`docker-credential-test` failed: the key ring is locked"),
        ("echo oops", "answered with something that is not JSON"),
    ],
)
def test_a_program_that_fails(
    script: str, told: str, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Registry(server, "basic", "me:secret").push("app", "1")
    _helper(home, script, monkeypatch)
    with pytest.raises(Unresolved, match=told):
        digest(f"{server.host}/app:1", client(), _configured(home, {"credsStore": "test"}))


def test_a_program_without_that_login(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Registry(server, "token").push("app", "1")
    _helper(home, "echo 'credentials not found in native keychain'; exit 1", monkeypatch)
    assert digest(f"{server.host}/app:1", client(), _configured(home, {"credsStore": "test"})) == wanted


@pytest.mark.parametrize("name", ["../../bin/sh", "a b", "", "x;id", "-x"])
def test_what_is_no_program(name: str, server: Server, home: Path) -> None:
    Registry(server, "basic", "me:secret").push("app", "1")
    with pytest.raises(Unresolved, match="can be no program"):
        digest(f"{server.host}/app:1", client(), _configured(home, {"credHelpers": {server.host: name}}))


def test_a_program_that_is_missing(server: Server, home: Path) -> None:
    Registry(server, "basic", "me:secret").push("app", "1")
    with pytest.raises(Unresolved, match="`docker-credential-no-such`, which is not installed"):
        digest(f"{server.host}/app:1", client(), _configured(home, {"credHelpers": {server.host: "no-such"}}))


def test_no_such_image(server: Server) -> None:
    Registry(server).push("app", "1")
    with pytest.raises(Unresolved, match=f"{server.url} has no image app:2; check the name"):
        digest(f"{server.host}/app:2", client(), Docker())


@pytest.mark.parametrize("login", ["me:wrong", ""])
def test_the_wrong_login(login: str, server: Server, home: Path) -> None:
    Registry(server, "token", "me:secret").push("app", "1")
    docker = _configured(home, {"auths": {server.host: _auth(login)} if login else {}})
    with pytest.raises(Unresolved, match="/token answered 401: it wants a login"):
        digest(f"{server.host}/app:1", client(), docker)


def test_the_wrong_password(server: Server, home: Path) -> None:
    Registry(server, "basic", "me:secret").push("app", "1")
    docker = _configured(home, {"auths": {server.host: _auth("me:wrong")}})
    with pytest.raises(Unresolved, match=f"`docker login {server.host}`"):
        digest(f"{server.host}/app:1", client(), docker)


def test_no_password(server: Server) -> None:
    Registry(server, "basic", "me:secret").push("app", "1")
    with pytest.raises(Unresolved, match=f"wants a login, and docker has none; `docker login {server.host}`"):
        digest(f"{server.host}/app:1", client(), Docker())


def test_forbidden(server: Server) -> None:
    server.add("/v2/app/manifests/1", Reply(b"", 403))
    with pytest.raises(Unresolved, match="refuses app: there is no such image, or the login"):
        digest(f"{server.host}/app:1", client(), Docker())


@pytest.mark.parametrize(
    ("challenge", "told"),
    [
        ("", "a login of an unknown kind: `none named`"),
        ("Negotiate", "a login of an unknown kind: `Negotiate`"),
        ("Bearer", "a login of an unknown kind: `Bearer`"),
        ('Bearer realm="{url}/none"', "/none answered 404"),
        ('Bearer realm="{url}/html"', "/html answered with something that is not JSON"),
        ('Bearer realm="{url}/list"', "/list answered without a token"),
        ('Bearer realm="{url}/empty"', "/empty answered without a token"),
        ('Bearer realm="ftp://x.invalid/"', "cannot be asked"),
    ],
)
def test_odd_challenges(challenge: str, told: str, server: Server) -> None:
    server.add("/html", "<html>")
    server.add("/list", "[]")
    server.add("/empty", "{}")
    header = {"WWW-Authenticate": challenge.format(url=server.url)} if challenge else {}
    server.add("/v2/app/manifests/1", Reply(b"", 401, header))
    with pytest.raises(Unresolved, match=told):
        digest(f"{server.host}/app:1", client(), Docker())


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"<html>"), "is not JSON"),
        (Reply(b"[]"), "is no image manifest of version 2"),
        (Reply(b'{"schemaVersion": 1}'), "is no image manifest of version 2"),
        (Reply(b'{"schemaVersion": 2}', cut=3), "broke off"),
        (Reply(b"", 503), "out of order"),
        (Reply(b"", 429), "too many requests"),
    ],
)
def test_odd_manifests(reply: Reply, told: str, server: Server) -> None:
    def answer(asked: object) -> Reply:
        return Reply() if getattr(asked, "method", "") == "HEAD" else reply

    server.add("/v2/app/manifests/1", answer)
    with pytest.raises(Unresolved, match=told):
        digest(f"{server.host}/app:1", client(), Docker())


def test_a_digest_that_is_not_that_of_what_is_sent(server: Server) -> None:
    def answer(asked: object) -> Reply:
        told = {} if getattr(asked, "method", "") == "HEAD" else {"Docker-Content-Digest": "sha256:" + "0" * 64}
        return Reply(b'{"schemaVersion": 2}', headers=told)

    server.add("/v2/app/manifests/1", answer)
    with pytest.raises(Unresolved, match=r"says that it sends sha256:0000.*, and sends sha256:"):
        digest(f"{server.host}/app:1", client(), Docker())


def test_a_digest_that_is_none(server: Server) -> None:
    reply = Reply(b'{"schemaVersion": 2}', headers={"Docker-Content-Digest": "sha256:x`id`"})
    server.add("/v2/app/manifests/1", reply)
    with pytest.raises(Unresolved, match="says that it sends sha256:x`id`, and sends sha256:"):
        digest(f"{server.host}/app:1", client(), Docker())


def test_mirrors_of_the_hub(server: Server, other: Server, home: Path) -> None:
    wanted = Registry(other).push("library/debian", "12")
    docker = _configured(home, {}, {"registry-mirrors": [server.url, f"{other.url}/"]})
    assert digest("docker.io/library/debian:12", client(), docker) == wanted
    assert server.asked, "the first one does not have it"
    assert digest("docker.io/library/debian:12", client(), Docker(), [other.url]) == wanted


def test_mirrors_are_for_the_hub_only(server: Server, other: Server) -> None:
    Registry(other).push("app", "1")
    with pytest.raises(Unresolved, match="has no image app:1"):
        digest(f"{server.host}/app:1", client(), Docker(mirrors=(other.url,)))
    assert not other.asked


def test_logins_of_one_registry_are_not_told_to_another(server: Server, home: Path) -> None:
    Registry(server, "token").push("app", "1")
    docker = _configured(home, {"auths": {"example.org": _auth("me:secret"), "127.0.0.1:1": _auth("me:secret")}})
    digest(f"{server.host}/app:1", client(), docker)
    assert not [one for one in server.asked if one.headers.get("authorization", "").startswith("Basic")]


def test_tls_is_not_dropped_without_being_told_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    Registry(server).push("app", "1")
    name = f"registry.localhost.test:{server.port}"
    monkeypatch.setattr("socket.getaddrinfo", _to_this_machine)
    with pytest.raises(Unresolved, match="has no certificate that is trusted here"):
        digest(f"{name}/app:1", client(), Docker())
    assert digest(f"{name}/app:1", client(), Docker(insecure=frozenset({name})))


def _to_this_machine(_host: object, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
    import socket

    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "config.json is not JSON; mend it"), ("", "config.json is not JSON; mend it")],
)
def test_a_configuration_that_is_broken(text: str, told: str, home: Path) -> None:
    (home / ".docker").mkdir()
    (home / ".docker/config.json").write_text(text)
    with pytest.raises(Unresolved, match=told):
        read_docker()


@pytest.mark.parametrize(
    "auth", ["!!!", base64.b64encode(b"nameonly").decode(), base64.b64encode(b"\xff:\xff").decode()]
)
def test_a_login_that_is_damaged(auth: str, home: Path) -> None:
    docker = _configured(home, {"auths": {"example.org": {"auth": auth}}})
    with pytest.raises(Unresolved, match=r"the login for `example\.org` in docker's config.json is damaged"):
        docker.login("example.org")


@pytest.mark.parametrize("config", [[], {"auths": []}, {"auths": {"example.org": "x"}}, {"auths": {"example.org": {}}}])
def test_a_configuration_without_logins(config: object, home: Path) -> None:
    assert _configured(home, config).login("example.org") is None


def test_the_hub_has_a_key_of_its_own(home: Path) -> None:
    login = _configured(home, {"auths": {"https://index.docker.io/v1/": _auth("me:secret")}}).login("docker.io")
    assert login is not None and (login.name, login.password) == ("me", "secret")
