"""Versions of Go modules and crates: what go and cargo would install, from proxies and indexes that a test makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dcache.pins import crates, golang
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client


def _go(server: Server) -> golang.Proxies:
    return golang.Proxies((server.url,))


def test_go_finds_the_module_of_a_package(server: Server) -> None:
    server.add("/example.org/!team/tools/@latest", '{"Version": "v1.2.0", "Time": "2025-01-01T00:00:00Z"}')
    assert golang.candidate("example.org/Team/tools/cmd/a", client(), _go(server)) == "v1.2.0"
    assert [one.path for one in server.asked][:2] == [
        "/example.org/!team/tools/cmd/a/@latest", "/example.org/!team/tools/cmd/@latest",
    ]  # fmt: skip


def test_go_asks_the_next_proxy(server: Server, other: Server) -> None:
    other.add("/example.org/a/@latest", '{"Version": "v1.0.0"}')
    assert golang.candidate("example.org/a", client(), golang.Proxies((server.url, other.url))) == "v1.0.0"


def test_go_as_of_a_day(server: Server) -> None:
    server.add("/example.org/a/@latest", '{"Version": "v1.10.0"}')
    server.add("/example.org/a/@v/list", "v1.2.0\nv1.10.0\nv2.0.0-rc.1\nv1.9.0\n")
    for version, month in (("v1.2.0", "01"), ("v1.9.0", "02"), ("v1.10.0", "03")):
        server.add(f"/example.org/a/@v/{version}.info", json.dumps({"Version": version, "Time": f"2025-{month}-01T0"}))
    assert golang.candidate("example.org/a", client(), _go(server), "2025-02-20") == "v1.9.0"
    with pytest.raises(Unresolved, match="has no release of 2024-01-01 or before"):
        golang.candidate("example.org/a", client(), _go(server), "2024-01-01")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 404), "no module of `example.org/a` is known to"),
        (Reply(b"", 410), "no module of `example.org/a` is known to"),
        (Reply(b"", 403), "answered 403"),
        (Reply(b"", 500), "answered 500"),
        (Reply(b"not found"), "is not JSON"),
        (Reply(b"[]"), "answered without a version"),
        (Reply(b"{}"), "answered without a version"),
    ],
)
def test_failing_proxies_of_go(reply: Reply, told: str, server: Server) -> None:
    server.add("/example.org/a/@latest", reply)
    with pytest.raises(Unresolved, match=told):
        golang.candidate("example.org/a", client(), _go(server))


def test_what_go_asks_no_proxy_about(server: Server) -> None:
    proxies = golang.Proxies((server.url,), ("*.corp.example", "example.org/team"))
    for package in ("git.corp.example/a", "example.org/team/a"):
        with pytest.raises(Unresolved, match="is private"):
            golang.candidate(package, client(), proxies)
    assert not server.asked
    with pytest.raises(Unresolved, match="no module proxy of go is known; give it, as `--go-proxy URL`"):
        golang.candidate("example.org/a", client(), golang.Proxies(()))


def test_proxies_of_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert golang.own_proxies() == golang.Proxies(())
    (home / ".config/go").mkdir(parents=True)
    (home / ".config/go/env").write_text("GOPROXY=https://one.invalid,direct\nGOPRIVATE=*.corp.example,x\n")
    assert golang.own_proxies() == golang.Proxies(("https://one.invalid",), ("*.corp.example", "x"))
    monkeypatch.setenv("GOPROXY", "https://two.invalid|https://three.invalid,off")
    assert golang.own_proxies().addresses == ("https://two.invalid", "https://three.invalid")


def _crate(version: str, **more: object) -> str:
    return json.dumps({"name": "bat", "vers": version, "yanked": False, **more})


ROWS = [_crate("0.9.0"), _crate("0.10.0", rust_version="1.70"), _crate("0.11.0", rust_version="1.85"),
        _crate("1.0.0", yanked=True), _crate("2.0.0-alpha.1")]  # fmt: skip


@pytest.mark.parametrize(("version", "wanted"), [(None, "0.11.0"), ("1.82", "0.10.0"), ("1.60.1", "0.9.0")])
def test_cargo_takes_the_newest_for_a_rust(version: str | None, wanted: str, server: Server) -> None:
    server.add("/ba/t", "")
    server.add("/3/b/bat", "\n".join(ROWS))
    assert crates.candidate("bat", version, client(), f"sparse+{server.url}/") == wanted


@pytest.mark.parametrize(
    ("name", "path"),
    [("a", "/1/a"), ("Ab", "/2/ab"), ("abc", "/3/a/abc"), ("abcd", "/ab/cd/abcd"), ("Abcde", "/ab/cd/abcde")],
)
def test_places_of_crates(name: str, path: str, server: Server) -> None:
    server.add(path, _crate("1.0.0"))
    assert crates.candidate(name, None, client(), server.url) == "1.0.0"


def test_cargo_as_of_a_day(server: Server) -> None:
    rows = [_crate(f"{one}.0.0", pubtime=f"2025-0{one}-01T00:00:00Z") for one in (1, 2, 3)]
    server.add("/3/b/bat", "\n".join(rows))
    assert crates.candidate("bat", None, client(), server.url, "2025-02-02") == "2.0.0"
    with pytest.raises(Unresolved, match="`bat` has no release of 2024-01-01 or before"):
        crates.candidate("bat", None, client(), server.url, "2024-01-01")
    server.add("/3/c/cat", _crate("1.0.0"))
    with pytest.raises(Unresolved, match="does not tell when `cat` was published"):
        crates.candidate("cat", None, client(), server.url, "2024-01-01")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 404), "`bat` is not in"),
        (Reply(b"", 410), "`bat` is not in"),
        (Reply(b"", 401), "answered 401"),
        (Reply(b"", 500), "answered 500"),
        (Reply(b"<html>"), "is no index of crates"),
        (Reply(b"[]"), "is no index of crates"),
        (Reply(b'{"vers": 1}'), "is no index of crates"),
        (Reply(b""), "`bat` has no release in"),
    ],
)
def test_failing_indexes_of_cargo(reply: Reply, told: str, server: Server) -> None:
    server.add("/3/b/bat", reply)
    with pytest.raises(Unresolved, match=told):
        crates.candidate("bat", None, client(), server.url)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ('[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "sparse+https://m.invalid/"\n', "sparse+https://m.invalid/"),
        ('[source.crates-io]\nreplace-with = "m"\n[registries.m]\nindex = "sparse+https://m.invalid/"\n', "sparse+https://m.invalid/"),
        ('[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "https://m.invalid/index"\n', None),
        ('[source.crates-io]\nreplace-with = "m"\n[source.m]\nreplace-with = "crates-io"\n', None),
        ('[source.crates-io]\nreplace-with = "m"\n[source.m]\ndirectory = "/v"\n', None),
    ],
)  # fmt: skip
def test_the_index_of_cargo(text: str, found: str | None, home: Path) -> None:
    (home / ".cargo").mkdir()
    (home / ".cargo/config.toml").write_text(text)
    assert crates.own_index() == found


def test_no_index_of_cargo(home: Path) -> None:
    assert crates.own_index() is None
    with pytest.raises(Unresolved, match="no sparse index of cargo is known; give it, as `--cargo-index URL`"):
        crates.candidate("bat", None, client(), None)
    (home / ".cargo").mkdir()
    (home / ".cargo/config.toml").write_text("a = [")
    with pytest.raises(Unresolved, match="is not TOML"):
        crates.own_index()
