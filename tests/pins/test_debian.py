"""Versions of apt and apk: what these would install, from archives that a test makes, whole and damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcache.pins.alpine import Repositories, own_mirrors
from dcache.pins.debian import Archive, Source, own_sources
from dcache.pins.http import Unresolved

from . import archive
from .archive import alpine, debian, package, suite
from .serving import Reply, Server, client


def test_a_version(server: Server) -> None:
    mirror = debian(server, "bookworm", package("curlier", "9"), package("curl", "7.88.1-10"), package("xcurl", "1"))
    found = Archive(client(), [mirror]).candidate("curl", "debian/bookworm")
    assert (found.version, found.unseen) == ("7.88.1-10", ())


def test_the_first_and_the_last_paragraph(server: Server) -> None:
    mirror = debian(server, "bookworm", package("a", "1"), package("b", "2"))
    known = Archive(client(), [mirror])
    assert [known.candidate(name, "debian/bookworm").version for name in ("a", "b")] == ["1", "2"]


@pytest.mark.parametrize(
    ("pocket", "version", "wanted"),
    [
        ("-security", "1.2-3+deb12u1", "1.2-3+deb12u1"),
        ("-updates", "1.10-1", "1.10-1"),
        ("-updates", "1.2-3~deb12u1", "1.2-3"),
        ("-security", "1:0.1", "1:0.1"),
    ],
)
def test_the_highest_version_of_all_pockets(pocket: str, version: str, wanted: str, server: Server) -> None:
    mirror = debian(server, "bookworm", package("curl", "1.2-3"))
    suite(server, f"bookworm{pocket}", [package("curl", version)])
    assert Archive(client(), [mirror]).candidate("curl", "debian/bookworm").version == wanted


def test_pockets_in_other_archives(server: Server) -> None:
    mirrors = [
        suite(server, "bookworm", [package("curl", "1")]),
        suite(server, "bookworm-security", [package("curl", "2")], root="/debian-security"),
    ]
    found = Archive(client(), mirrors).candidate("curl", "debian/bookworm")
    assert (found.version, found.unseen) == ("2", ("bookworm-updates",))


def test_all_components_of_ubuntu(server: Server) -> None:
    suite(server, "noble", [package("a", "1")], origin="Ubuntu", component="main")
    mirror = suite(server, "noble", [package("jq", "1.7-1")], origin="Ubuntu", component="universe")
    assert Archive(client(), [mirror]).candidate("jq", "ubuntu/noble").version == "1.7-1"
    with pytest.raises(Unresolved, match=r"`jq` of debian/noble|no index of debian/noble"):
        Archive(client(), [mirror]).candidate("jq", "debian/noble")


@pytest.mark.parametrize("form", [".xz", ".gz", ".bz2", ""])
@pytest.mark.parametrize("signed", [True, False])
def test_forms_of_an_index(form: str, signed: bool, server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1")], forms=(form,), signed=signed)
    assert Archive(client(), [mirror]).candidate("curl", "debian/sid").version == "1"


def test_an_architecture_without_a_version(server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1"), package("doc", "1", "all"), package("x", "1", "arm64")])
    known = Archive(client(), [mirror])
    assert known.candidate("doc", "debian/sid").version == "1"
    with pytest.raises(Unresolved, match="`x` of debian/sid for amd64 is in no index; check the name"):
        known.candidate("x", "debian/sid")


def test_architectures_with_versions_of_their_own(server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1"), package("b", "1")], forms=("",))
    known = Archive(client(), [mirror], architectures=("amd64", "arm64"))
    with pytest.raises(Unresolved, match="for arm64 is in no index"):
        known.candidate("curl", "debian/sid")
    release = server.routes["/debian/dists/sid/InRelease"]
    both = [package("curl", "1"), package("b", "1+b1")]
    suite(server, "sid", [one.replace("amd64", "arm64") for one in both], architecture="arm64", forms=("",))
    first, second = (one.body.decode() for one in (*release, *server.routes["/debian/dists/sid/InRelease"])
                     if isinstance(one, Reply))  # fmt: skip
    row = next(line for line in first.splitlines() if "binary-amd64" in line)
    server.add("/debian/dists/sid/InRelease", second.replace("SHA256:\n", f"SHA256:\n{row}\n"))
    known = Archive(client(), [mirror], architectures=("amd64", "arm64"))
    assert known.candidate("curl", "debian/sid").version == "1"
    with pytest.raises(Unresolved, match=r"has no version in common: 1 for amd64, 1\+b1 for arm64"):
        known.candidate("b", "debian/sid")


def test_a_virtual_package(server: Server) -> None:
    mirror = debian(server, "bookworm", package("exim", "1", more="Provides: smtp (= 1), mail-agent\n"))
    for name in ("smtp", "mail-agent"):
        with pytest.raises(Unresolved, match=f"`{name}` .* is a virtual package; name one that provides it"):
            Archive(client(), [mirror]).candidate(name, "debian/bookworm")
    with pytest.raises(Unresolved, match=r"`mail` .* is in no index"):
        Archive(client(), [mirror]).candidate("mail", "debian/bookworm")


def test_no_such_suite(server: Server) -> None:
    mirror = debian(server, "bookworm", package("curl", "1"))
    with pytest.raises(Unresolved, match="no index of debian/trixie is known: give an archive that has it"):
        Archive(client(), [mirror]).candidate("curl", "debian/trixie")


def test_another_archive_with_a_suite_of_that_name(server: Server) -> None:
    mirror = suite(server, "bookworm", [package("curl", "99")], origin="Somebody")
    with pytest.raises(Unresolved, match="no index of debian/bookworm is known"):
        Archive(client(), [mirror]).candidate("curl", "debian/bookworm")


def test_a_day(server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1")], date="Sat, 11 Jan 2025 10:00:00 UTC")
    assert Archive(client(), [mirror], date="2025-01-11").candidate("curl", "debian/sid").version == "1"
    with pytest.raises(Unresolved, match="is of 2025-01-11, after 2025-01-10; give the snapshots of that day"):
        Archive(client(), [mirror], date="2025-01-10").candidate("curl", "debian/sid")


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_an_archive_without_a_day(date: str, server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1")], date=date)
    with pytest.raises(Unresolved, match="does not say of which day it is"):
        Archive(client(), [mirror], date="2025-01-10").candidate("curl", "debian/sid")


PACKED = "/debian/dists/sid/main/binary-amd64/Packages.xz"


@pytest.mark.parametrize(
    ("path", "reply", "told"),
    [
        (PACKED, Reply(b"other"), "is not what .*/debian/dists/sid says; its mirror is being updated"),
        (PACKED, Reply(b"", 500), "answered 500"),
        (PACKED, Reply(b"", 403), "answered 403"),
        (PACKED, Reply(b"xx", cut=1), "broke off"),
        ("/debian/dists/sid/InRelease", Reply(b"<html>"), "lists no SHA-256 of its indexes"),
        ("/debian/dists/sid/InRelease", Reply(b""), "lists no SHA-256 of its indexes"),
        ("/debian/dists/sid/InRelease", Reply(b"", 500), "answered 500"),
        ("/debian/dists/sid/InRelease", Reply(b"", 401), "answered 401"),
    ],
)
def test_damaged_archives(path: str, reply: Reply, told: str, server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1")], forms=(".xz",))
    server.add(path, reply)
    with pytest.raises(Unresolved, match=told):
        Archive(client(), [mirror]).candidate("curl", "debian/sid")


def test_an_index_that_is_listed_and_cannot_be_unpacked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PACKERS", {".xz": bytes.upper})
    mirror = suite(server, "sid", [package("curl", "1")], forms=(".xz",))
    with pytest.raises(Unresolved, match=r"Packages\.xz is damaged"):
        Archive(client(), [mirror]).candidate("curl", "debian/sid")


def test_an_index_that_is_listed_and_missing(server: Server) -> None:
    mirror = suite(server, "sid", [package("curl", "1")], forms=(".xz", ".gz"))
    del server.routes[PACKED]
    assert Archive(client(), [mirror]).candidate("curl", "debian/sid").version == "1"


def test_sources_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://no.invalid/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k] http://one.invalid/debian bookworm main\n"
        "deb-src http://no.invalid/debian bookworm main\ndeb broken\n"
    )
    (tmp_path / "sources.list.d/a.sources").write_text(
        "# comment\nTypes: deb deb-src\nURIs: http://two.invalid/debian http://three.invalid/debian\n"
        "Suites: bookworm bookworm-updates\nComponents: main\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://no.invalid/\nSuites: bookworm\n\n"
        "Types: deb-src\nURIs: http://no.invalid/\nSuites: bookworm\n"
    )
    (tmp_path / "sources.list.d/b.save").write_text("deb http://no.invalid/debian bookworm main\n")
    assert list(own_sources(str(tmp_path))) == [
        Source("http://one.invalid/debian", ("bookworm",)),
        Source("http://two.invalid/debian", ("bookworm", "bookworm-updates")),
        Source("http://three.invalid/debian", ("bookworm", "bookworm-updates")),
    ]
    assert list(own_sources(str(tmp_path / "none"))) == []


def test_archives_of_this_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    debian(server, "trixie", package("curl", "8"))
    mirror = debian(server, "bookworm", package("curl", "7"))
    lost = "http://127.0.0.1:1/gone"
    sources = [Source(mirror, ("bookworm", "bookworm-updates", "bookworm-security")), Source(lost, ("other",))]
    monkeypatch.setattr("dcache.pins.debian.own_sources", lambda: iter(sources))
    known = Archive(client())
    assert known.candidate("curl", "debian/bookworm").version == "7"
    assert known.candidate("curl", "debian/trixie").version == "8", "the same archive has other releases, too"
    with pytest.raises(Unresolved, match="no index of debian/bullseye is known"):
        known.candidate("curl", "debian/bullseye")


def test_apk(server: Server) -> None:
    mirror = alpine(server, "v3.20", {"curl": "8.9.1-r1", "musl": "1.2.5-r0"}, {"git-lfs": "3.5.1-r1"})
    repositories = Repositories(client(), [mirror])
    assert repositories.candidate("curl", "alpine/v3.20") == "8.9.1-r1"
    assert repositories.candidate("git-lfs", "alpine/v3.20") == "3.5.1-r1"
    with pytest.raises(Unresolved, match=r"`nothing` is in no index of alpine/v3\.20 for amd64; check the name"):
        repositories.candidate("nothing", "alpine/v3.20")


def test_apk_with_two_versions(server: Server) -> None:
    mirror = alpine(server, "edge", {"a": "1-r0"}, {"a": "2-r0"})
    with pytest.raises(Unresolved, match="has more than one version: 1-r0, 2-r0; pin it by hand"):
        Repositories(client(), [mirror]).candidate("a", "alpine/edge")


@pytest.mark.parametrize("date", ["2025-01-11", "2025-01-12", "2030-01-01"])
def test_apk_as_of_a_day(date: str, server: Server) -> None:
    mirror = alpine(server, "v3.20", {"curl": "8.9.1-r1"}, built={"curl": 1736639999})  # 2025-01-11T23:59:59Z
    assert Repositories(client(), [mirror], date=date).candidate("curl", "alpine/v3.20") == "8.9.1-r1"


@pytest.mark.parametrize(
    ("built", "told"),
    [
        (
            {"curl": 1736640000},
            r"`curl` of alpine/v3\.20 was built on 2025-01-12, and the index keeps no older version",
        ),
        ({"curl": "soon"}, r"the index of alpine/v3\.20 does not tell when `curl` was built; pin it without --date"),
        ({"curl": ""}, "does not tell when `curl` was built"),
        ({}, "does not tell when `curl` was built"),
    ],
)
def test_apk_of_a_later_day(built: dict[str, object], told: str, server: Server) -> None:
    mirror = alpine(server, "v3.20", {"curl": "8.9.1-r1"}, built=built)
    with pytest.raises(Unresolved, match=told):
        Repositories(client(), [mirror], date="2025-01-11").candidate("curl", "alpine/v3.20")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 404), "answered 404"),
        (Reply(b"<html>"), "is no index of packages, or damaged"),
        (Reply(b"\x1f\x8b\x08\0\0\0\0\0"), "is no index of packages, or damaged"),
        (Reply(b"", 503), "answered 503"),
    ],
)
def test_damaged_branches(reply: Reply, told: str, server: Server) -> None:
    mirror = alpine(server, "v3.20", {"curl": "1"})
    server.add("/alpine/v3.20/main/x86_64/APKINDEX.tar.gz", reply)
    with pytest.raises(Unresolved, match=told):
        Repositories(client(), [mirror]).candidate("curl", "alpine/v3.20")


def test_no_mirror_of_alpine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dcache.pins.alpine.own_mirrors", list)
    with pytest.raises(Unresolved, match=r"no index of alpine/v3\.20 is known: .* --apk-mirror URL"):
        Repositories(client()).candidate("curl", "alpine/v3.20")


def test_mirrors_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "repositories"
    path.write_text("#http://no.invalid/v3.20/main\nhttps://one.invalid/alpine/v3.20/main\n/local\n"
                    "https://one.invalid/alpine/v3.20/community\n")  # fmt: skip
    assert own_mirrors(str(path)) == ["https://one.invalid/alpine"]
    assert own_mirrors(str(tmp_path / "none")) == []
