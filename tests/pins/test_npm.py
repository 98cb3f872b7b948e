"""Versions of npm packages: what npm would install, from registries that a test makes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from dcache.pins import npm
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client


def _npm(server: Server, document: object, date: str | None = None, name: str = "a") -> str:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    server.add("/" + name, Reply(body))
    return npm.candidate(name, client(), npm.Settings({"registry": f"{server.url}/"}), date)


VERSIONS: dict[str, object] = {"dist-tags": {"latest": "1.2.0", "next": "2.0.0-rc.1"},
            "versions": {one: {} for one in ("1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1")}}  # fmt: skip
TIMES = {"1.0.0": "2025-01-15T00:00:00Z", "1.2.0": "2025-02-15T00:00:00Z", "1.10.0": "2025-03-15T00:00:00Z",
         "2.0.0-rc.1": "2025-01-01T00:00:00Z", "created": "2025-01-01T00:00:00Z"}  # fmt: skip


def test_npm_takes_what_latest_names(server: Server) -> None:
    assert _npm(server, VERSIONS) == "1.2.0"
    assert "application/vnd.npm.install-v1+json" in server.asked[0].headers["accept"]


@pytest.mark.parametrize(
    ("date", "wanted"), [("2025-01-20", "1.0.0"), ("2025-02-15", "1.2.0"), ("2025-12-31", "1.2.0")]
)
def test_npm_as_of_a_day(date: str, wanted: str, server: Server) -> None:
    assert _npm(server, {**VERSIONS, "time": TIMES}, date) == wanted


def test_npm_before_everything(server: Server) -> None:
    with pytest.raises(Unresolved, match="`a` has no release of 2025-01-10 or before"):
        _npm(server, {**VERSIONS, "time": TIMES}, "2025-01-10")
    with pytest.raises(Unresolved, match="does not tell when `a` was published"):
        _npm(server, VERSIONS, "2025-01-10")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "describes no package"),
        ({}, "describes no package"),
        ({"dist-tags": [], "versions": {}}, "describes no package"),
        ({"dist-tags": {}, "versions": {}}, "has no version that is called latest"),
        ({"dist-tags": {"latest": "9"}, "versions": {}}, "has no version that is called latest"),
        (b"<html>", "is not JSON"),
    ],
)
def test_odd_answers_to_npm(document: object, told: str, server: Server) -> None:
    with pytest.raises(Unresolved, match=told):
        _npm(server, document)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "answered 401"),
        (403, "answered 403"),
        (404, "`a` is not in http.*; check the name"),
        (429, "429"),
        (502, "502"),
    ],
)
def test_failing_registries_of_npm(status: int, told: str, server: Server) -> None:
    server.add("/a", Reply(b"", status))
    with pytest.raises(Unresolved, match=told):
        npm.candidate("a", client(), npm.Settings({"registry": server.url}))


def test_scopes_of_npm(server: Server, other: Server) -> None:
    other.add("/@team%2Fa", Reply(json.dumps(VERSIONS).encode()))
    values = {"registry": server.url, "@team:registry": other.url, f"//{other.host}/:_authToken": "token"}
    assert npm.candidate("@team/a", client(), npm.Settings(values)) == "1.2.0"
    assert other.asked[0].headers["authorization"] == "Bearer token"
    with pytest.raises(Unresolved):
        npm.candidate("a", client(), npm.Settings(values))
    assert "authorization" not in server.asked[0].headers


def test_no_registry_of_npm() -> None:
    with pytest.raises(Unresolved, match="no registry of npm is known; give it, as `--npm-registry URL`"):
        npm.candidate("a", client(), npm.Settings())


def test_settings_of_npm(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert npm.own_settings(str(tmp_path)).registry("a") is None
    monkeypatch.setenv("SECRET", "mine")
    (home / ".npmrc").write_text("; x\nregistry = https://one.invalid/\n//one.invalid/:_authToken=${SECRET}\n")
    (tmp_path / ".npmrc").write_text(
        "registry=https://two.invalid/${SECRET}\n//two.invalid/:_authToken=${SECRET}\n@t:registry=https://t.invalid\n"
    )
    alone = npm.own_settings(str(home))
    assert (alone.registry("a"), alone.headers("https://one.invalid/a")) == (
        "https://one.invalid/", {"Authorization": "Bearer mine"},
    )  # fmt: skip
    mixed = npm.own_settings(str(tmp_path))
    assert (mixed.registry("a"), mixed.registry("@t/a")) == ("https://two.invalid/${SECRET}", "https://t.invalid")
    assert mixed.headers("https://two.invalid/a") == {}, "a project's file learns no secret"
    monkeypatch.setenv("npm_config_registry", "https://three.invalid")
    assert npm.own_settings(str(tmp_path)).registry("a") == "https://three.invalid"


def test_npm_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = home / "npm"
    program.write_text('#!/bin/sh\n[ "$*" = "config get registry" ] && echo https://own.invalid/\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{home}:/bin:/usr/bin")
    assert npm.own_settings(str(home)).registry("a") == "https://own.invalid/"
