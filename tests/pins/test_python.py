"""Versions of Python packages: what pip would install, from indexes that a test makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.pins import python
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client

JSON = "application/vnd.pypi.simple.v1+json"


def _file(name: str, **more: object) -> Mapping[str, object]:
    return {"filename": name, "url": f"https://example.invalid/{name}", "hashes": {}, **more}


def _project(server: Server, name: str, *files: Mapping[str, object]) -> python.Indexes:
    document = {"meta": {"api-version": "1.1"}, "name": name, "files": list(files), "versions": []}
    server.add(f"/simple/{name}/", Reply(json.dumps(document).encode(), headers={"Content-Type": JSON}))
    return python.Indexes((f"{server.url}/simple",))


PURE = "a-{}-py3-none-any.whl"


def _pip(server: Server, *files: Mapping[str, object], version: str = "3.12", date: str | None = None) -> str:
    return python.candidate("a", version, client(), _project(server, "a", *files), date)


def test_pip_takes_the_newest(server: Server) -> None:
    files = [_file(PURE.format(version)) for version in ("1.9", "1.10", "1.2")]
    assert _pip(server, *files) == "1.10"
    assert python.candidate("A[x,y]", "3.12", client(), _project(server, "a", *files)) == "1.10"
    assert "application/vnd.pypi.simple.v1+json" in server.asked[0].headers["accept"]


@pytest.mark.parametrize(
    ("newer", "version"),
    [
        (_file(PURE.format("2"), yanked="broken"), "3.12"),
        (_file(PURE.format("2rc1")), "3.12"),
        (_file(PURE.format("2.dev1")), "3.12"),
        (_file(PURE.format("2"), **{"requires-python": ">=3.13"}), "3.12"),
        (_file(PURE.format("2"), **{"requires-python": "<3.12"}), "3.12"),
        (_file("a-2-py2-none-any.whl"), "3.12"),
        (_file("a-2-cp313-cp313-manylinux_2_17_x86_64.whl"), "3.12"),
        (_file("a-2-cp312-cp312-win_amd64.whl"), "3.12"),
        (_file("a-2-cp312-cp312-macosx_11_0_arm64.whl"), "3.12"),
        (_file("a-2-cp312-abi3-manylinux_2_17_x86_64.whl"), "3.11"),
        (_file("a-2.exe"), "3.12"),
        (_file("a-2-nonsense.whl"), "3.12"),
        (_file("a-2.egg"), "3.12"),
    ],
)
def test_what_pip_does_not_take(newer: Mapping[str, object], version: str, server: Server) -> None:
    assert _pip(server, _file(PURE.format("1")), newer, version=version) == "1"


@pytest.mark.parametrize(
    ("newer", "version"),
    [
        (_file("a-2.tar.gz"), "3.12"),
        (_file("a-2-py2.py3-none-any.whl"), "3.12"),
        (_file("a-2-cp312-cp312-manylinux_2_17_x86_64.whl"), "3.12.4"),
        (_file("a-2-cp312-cp312-musllinux_1_1_x86_64.whl"), "3.12"),
        (_file("a-2-cp38-abi3-manylinux_2_17_x86_64.whl"), "3.12"),
        (_file(PURE.format("2"), **{"requires-python": ">=3.12.1"}), "3.12"),
        (_file(PURE.format("2"), **{"requires-python": "nonsense"}), "3.12"),
        (_file(PURE.format("2.post1")), "3.12"),
        (_file(PURE.format("1!0.1")), "3.12"),
    ],
)
def test_what_pip_takes(newer: Mapping[str, object], version: str, server: Server) -> None:
    assert _pip(server, _file(PURE.format("1")), newer, version=version) != "1"


def test_pip_takes_what_comes_before_a_release_where_there_is_nothing_else(server: Server) -> None:
    assert _pip(server, _file(PURE.format("1a1")), _file(PURE.format("1b1"))) == "1b1"


def test_pip_as_of_a_day(server: Server) -> None:
    files = [_file(PURE.format(one), **{"upload-time": f"2025-0{one}-15T12:00:00.000000Z"}) for one in ("1", "2", "3")]
    assert _pip(server, *files, date="2025-02-15") == "2"
    with pytest.raises(Unresolved, match=r"`a` has no version for Python 3\.12 on Linux on 2024-12-31"):
        _pip(server, *files, date="2024-12-31")
    with pytest.raises(Unresolved, match="does not tell when the files of `a` were uploaded"):
        _pip(server, _file(PURE.format("1")), date="2025-01-01")


def test_pip_reads_pages(server: Server) -> None:
    page = '<a href="a-1-py3-none-any.whl">a-1-py3-none-any.whl</a><a href="a-2.tar.gz" data-yanked="">a-2.tar.gz</a>'
    server.add("/simple/a/", Reply(page.encode(), headers={"Content-Type": "text/html"}))
    assert python.candidate("a", "3.12", client(), python.Indexes((f"{server.url}/simple",))) == "1"


def test_pip_asks_all_indexes(server: Server, other: Server, tmp_path: Path) -> None:
    first = _project(server, "a", _file(PURE.format("1"))).addresses
    second = _project(other, "a", _file(PURE.format("2"))).addresses
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text('<a href="a-3.tar.gz">a-3.tar.gz</a>')
    assert python.candidate("a", "3.12", client(), python.Indexes((*first, *second))) == "2"
    every = python.Indexes((*first, tmp_path.as_uri(), *second, f"{server.url}/none"))
    assert python.candidate("a", "3.12", client(), every) == "3"


def test_pip_shows_its_login_and_no_error_does(server: Server) -> None:
    _project(server, "a", _file(PURE.format("1")))
    index = f"http://me:secret@{server.host}/simple"
    assert python.candidate("a", "3.12", client(), python.Indexes((index,))) == "1"
    assert server.asked[0].headers["authorization"].startswith("Basic ")
    with pytest.raises(Unresolved) as error:
        python.candidate("b", "3.12", client(), python.Indexes((index,)))
    assert "secret" not in str(error.value) and "`b` is in no index" in str(error.value)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 401), "answered 401"),
        (Reply(b"", 403), "answered 403"),
        (Reply(b"", 500), "answered 500"),
        (Reply(b"", 429), "answered 429"),
        (Reply(b"", 404), "`a` is in no index .*check the name, or give the index: --pip-index URL"),
        (Reply(b"{", headers={"Content-Type": JSON}), "is not JSON"),
        (Reply(b"[]", headers={"Content-Type": JSON}), "no page of an index"),
        (Reply(b'{"files": 1}', headers={"Content-Type": JSON}), "no page of an index"),
        (Reply(b"<html>", headers={"Content-Type": "text/html"}), "`a` is in no index"),
        (Reply(b"\xff\xfe\0", headers={"Content-Type": "text/html"}), "`a` is in no index"),
        (Reply(b"x", delay=1.5), "did not answer"),
    ],
)
def test_failing_indexes_of_pip(reply: Reply, told: str, server: Server) -> None:
    server.add("/simple/a/", reply)
    with pytest.raises(Unresolved, match=told):
        python.candidate("a", "3.12", client(), python.Indexes((f"{server.url}/simple",)))


def test_settings_of_pip(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dcache.pins.python._files_of_settings", lambda: [str(home / "pip.conf")])
    assert len(python.own_indexes().addresses) == 1, "pip's own"
    (home / "pip.conf").write_text(
        "[global]\nindex-url = https://one.invalid/simple\nextra_index_url =\n  https://two.invalid/simple\n"
        "  https://one.invalid/simple\ncert = /c.pem\n[freeze]\nindex-url = https://no.invalid\n"
    )
    assert python.own_indexes() == python.Indexes(
        ("https://one.invalid/simple", "https://two.invalid/simple"), "/c.pem"
    )
    monkeypatch.setenv("PIP_INDEX_URL", "https://three.invalid/simple")
    assert python.own_indexes().addresses[0] == "https://three.invalid/simple"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert python.own_indexes().addresses == ("https://two.invalid/simple", "https://one.invalid/simple")
    (home / "pip.conf").write_text("no settings")
    with pytest.raises(Unresolved, match=r"pip\.conf is no settings file that pip could read; mend it"):
        python.own_indexes()
