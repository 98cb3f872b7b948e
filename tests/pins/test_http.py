"""HTTP: every way in which an answer can fail, and what must not leak."""

from __future__ import annotations

import builtins
import hashlib
import socket
import time
from pathlib import Path

import pytest

from dcache.pins.http import Client, Unresolved, shown, split_login

from .serving import QUICK, Reply, Server, client, serving


def test_an_answer(server: Server) -> None:
    url = server.add("/a", Reply(b'{"a": 1}', headers={"X-A": "b"}))
    answer = client().get(url)
    assert (answer.status, answer.body, answer.headers["x-a"], answer.json()) == (200, b'{"a": 1}', "b", {"a": 1})


def test_what_was_had_is_not_asked_for_again(server: Server) -> None:
    url = server.add("/a", "1", "2")
    one = client()
    assert [one.get(url).body, one.get(url).body] == [b"1", b"1"]
    assert one.get(url, {"Accept": "x/y"}).body == b"2"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "answered 401: it wants a login; log in with the client that uses it, or check the password"),
        (403, "answered 403: the login that your client has may not read this"),
        (404, "answered 404: there is no such thing; check the name"),
        (410, "answered 410: there is no such thing; check the name"),
        (418, "answered 418"),
    ],
)
def test_statuses(status: int, told: str, server: Server) -> None:
    url = server.add("/a", Reply(b"", status))
    with pytest.raises(Unresolved) as error:
        client().get(url)
    assert str(error.value) == f"{url} {told}"
    assert len(server.asked) == 1, "such an answer stays the same"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(status: int, server: Server) -> None:
    url = server.add("/a", Reply(b"", status), Reply(b"", status), "ok")
    assert client().get(url).body == b"ok"
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "told"),
    [(429, "too many requests; log in, or try again later"), (503, "it is out of order; try again later")],
)
def test_a_service_that_stays_busy(status: int, told: str, server: Server) -> None:
    url = server.add("/a", Reply(b"", status))
    with pytest.raises(Unresolved, match=f"answered {status}: {told}"):
        client().get(url)
    assert len(server.asked) == QUICK.tries


def test_a_service_says_how_long_to_wait(server: Server) -> None:
    url = server.add("/a", Reply(b"", 429, {"Retry-After": "1"}), "ok")
    start = time.monotonic()
    assert client().get(url).body == b"ok"
    assert time.monotonic() - start >= 1


def test_nobody_waits_for_ever(server: Server) -> None:
    url = server.add("/a", Reply(b"", 429, {"Retry-After": "86400"}), "ok")
    start = time.monotonic()
    assert client(QUICK._replace(patience=1)).get(url).body == b"ok"
    assert time.monotonic() - start < 10


def test_silence(server: Server) -> None:
    url = server.add("/a", Reply(b"late", delay=1.5))
    with pytest.raises(Unresolved, match=r"did not answer within 0\.2 s; try again, or raise --timeout"):
        client(QUICK._replace(silence=0.2, tries=2)).get(url)
    assert len(server.asked) == 2


def test_an_answer_that_comes_drop_by_drop(server: Server) -> None:
    url = server.add("/a", Reply(b"x" * 1000, trickle=0.02))
    with pytest.raises(Unresolved, match=r"takes more than 0\.3 s for its answer"):
        client(QUICK._replace(whole=0.3)).get(url)


def test_a_body_that_stops(server: Server) -> None:
    url = server.add("/a", Reply(b"xy", headers={"Content-Length": "3"}))
    with pytest.raises(Unresolved, match=r"sent nothing for 0\.4 s|broke off in the middle"):
        client().get(url)


def test_a_truncated_body_is_asked_for_again(server: Server) -> None:
    url = server.add("/a", Reply(b"whole", cut=2), "whole")
    assert client().get(url).body == b"whole"
    broken = server.add("/b", Reply(b"whole", cut=2))
    with pytest.raises(Unresolved, match="/b broke off in the middle of its answer; try again later"):
        client().get(broken)


def test_a_huge_body(server: Server) -> None:
    url = server.add("/a", Reply(b"x" * (QUICK.size + 1)))
    with pytest.raises(Unresolved, match="sends more than 100,000 bytes"):
        client().get(url)


def test_a_body_that_becomes_huge(server: Server) -> None:
    import gzip

    small = gzip.compress(b"\0" * (QUICK.size * 50))
    assert len(small) < QUICK.size
    url = server.add("/a", Reply(small, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(Unresolved, match="sends more than 100,000 bytes"):
        client().get(url)


def test_a_body_that_cannot_be_decoded(server: Server) -> None:
    url = server.add("/a", Reply(b"no gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(Unresolved, match="broke off"):
        client().get(url)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"[" * 100_000])
def test_no_json(body: bytes, server: Server) -> None:
    url = server.add("/a", Reply(body))
    with pytest.raises(Unresolved, match="answered with something that is not JSON"):
        client(QUICK._replace(size=1 << 20)).get(url).json()


def test_redirects(server: Server) -> None:
    server.add("/b", "there")
    url = server.add("/a", Reply(b"", 302, {"Location": "/b"}))
    assert client().get(url).body == b"there"


def test_redirects_in_a_circle(server: Server) -> None:
    server.add("/b", Reply(b"", 302, {"Location": "/a"}))
    url = server.add("/a", Reply(b"", 301, {"Location": "/b"}))
    with pytest.raises(Unresolved, match="redirects more than 5 times"):
        client().get(url)
    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["ftp://example.invalid/x", "file:///etc/passwd", "http://", "http://[::bad"])
def test_redirects_to_nowhere(location: str, server: Server) -> None:
    url = server.add("/a", Reply(b"", 302, {"Location": location}))
    with pytest.raises(Unresolved):
        client().get(url)


@pytest.mark.parametrize("given", ["login", "header"])
def test_a_login_is_told_to_its_host_only(given: str, server: Server, other: Server) -> None:
    other.add("/b", "there")
    server.add("/same", Reply(b"", 302, {"Location": f"http://localhost:{other.port}/b"}))
    url = server.add("/a", Reply(b"", 302, {"Location": "/same"}))
    if given == "login":
        answer = client().get(url, auth=("me", "secret"))
    else:
        answer = client().get(url, {"Authorization": "Bearer secret"})
    assert answer.body == b"there"
    assert all("authorization" in one.headers for one in server.asked)
    assert "authorization" not in other.asked[0].headers


def test_netrc_does_not_replace_a_token(server: Server, home: Path) -> None:
    (home / ".netrc").write_text("machine 127.0.0.1 login me password mine\n")
    (home / ".netrc").chmod(0o600)
    url = server.add("/a", "x")
    client().get(url, {"Authorization": "Bearer token"})
    assert server.asked[0].headers["authorization"] == "Bearer token"


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unresolved, match=f"http://127.0.0.1:{port}/a cannot be reached: .*Connection refused"):
        client().get(f"http://127.0.0.1:{port}/a")


def test_no_such_host() -> None:
    with pytest.raises(Unresolved, match=r"http://no-such-host\.invalid/a cannot be reached: Failed to resolve"):
        client().get("http://no-such-host.invalid/a")


def test_a_server_without_tls(server: Server) -> None:
    with pytest.raises(Unresolved, match=r"has no certificate that is trusted here .*; set SSL_CERT_FILE"):
        client().get(f"https://{server.host}/a")


def test_a_certificate_that_nobody_trusts(certificate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with serving(certificate) as server:
        url = server.add("/a", "secret")
        with pytest.raises(Unresolved, match=r"has no certificate that is trusted here .*self-signed"):
            client().get(url)
        assert client().get(url, certificates=f"{certificate}.crt").body == b"secret"
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
        assert client().get(url).body == b"secret"


def test_a_redirect_that_drops_tls(certificate: str, server: Server) -> None:
    server.add("/b", "plain")
    with serving(certificate) as safe:
        url = safe.add("/a", Reply(b"", 302, {"Location": f"{server.url}/b"}))
        with pytest.raises(Unresolved, match="redirects to an address without TLS, which is not followed"):
            client().get(url, certificates=f"{certificate}.crt")
    assert not server.asked


def test_downloads(server: Server) -> None:
    data = bytes(range(256)) * 100
    url = server.add("/a", Reply(data))
    assert client().sha256(url) == hashlib.sha256(data).hexdigest()
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"x" * 100_001), "sends more than 100,000 bytes"),
        (Reply(b"", 404), "answered 404"),
        (Reply(b"whole", cut=1), "broke off in the middle of the file"),
        (Reply(b"", 503), "answered 503"),
        (Reply(b"x" * 200, trickle=0.02), "takes more than"),
    ],
)
def test_failed_downloads(reply: Reply, told: str, server: Server) -> None:
    url = server.add("/a", reply)
    with pytest.raises(Unresolved, match=told):
        client(QUICK._replace(whole=1)).sha256(url)


def test_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    true = builtins.__import__

    def without(name: str, *arguments: object, **more: object) -> object:
        if name.partition(".")[0] == "requests":
            raise ImportError(name)
        return true(name, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        Unresolved, match=r"needs the extra `pin`, which is not installed: pip install 'dcache-lint\[pin\]'"
    ):
        Client()


def test_addresses_for_people_hold_no_secret() -> None:
    assert shown("https://me:secret@example.org:8/a?token=x#y") == "https://example.org:8/a"
    assert split_login("https://me:se%40cret@example.org/a") == ("https://example.org/a", ("me", "se@cret"))
    assert split_login("https://example.org/a") == ("https://example.org/a", None)


def test_an_error_names_no_secret(server: Server) -> None:
    with pytest.raises(Unresolved) as error:
        client().get(f"http://me:secret@{server.host}/a?token=secret")
    assert "secret" not in str(error.value)
