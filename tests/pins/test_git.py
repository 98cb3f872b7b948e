"""Commits and checksums: real git against repositories that a server of a test holds, and files that it sends."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.running import QUIET_GIT
from dcache.pins import downloads, git
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client


def _git(folder: Path, *arguments: str, day: str = "2025-01-01") -> str:
    """What git prints; what it makes is of a day, an hour before its end by UTC."""
    command = ["git", *arguments]
    environment = {**os.environ, **QUIET_GIT, "GIT_COMMITTER_DATE": f"{day}T23:00:00+00:00"}
    ended = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environment)
    return ended.stdout.strip()


@pytest.fixture
def made(tmp_path: Path) -> dict[str, str]:
    """The commits of a repository in the folder `work`, by their messages."""
    folder = tmp_path / "work"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    commits: dict[str, str] = {}
    for month, name in enumerate(("one", "two", "three"), 1):
        (folder / "a").write_text(name)
        _git(folder, "add", "-A")
        _git(folder, "commit", "-qm", name, day=f"2025-0{month}-01")
        commits[name] = _git(folder, "rev-parse", "HEAD")
    _git(folder, "tag", "v1.0", commits["one"])
    _git(folder, "tag", "-a", "-m", "x", "v2.0", commits["two"], day="2025-02-15")
    _git(folder, "branch", "old", commits["one"])
    _git(folder, "branch", "feature/x", commits["two"])
    _git(folder, "tag", "both", commits["one"])
    _git(folder, "branch", "both", commits["two"])
    return commits


@pytest.fixture
def repository(made: dict[str, str], tmp_path: Path, server: Server) -> dict[str, str]:
    """The repository on a server, by plain files: the commits of its refs; `url` is its address."""
    _git(tmp_path / "work", "update-server-info")
    top = tmp_path / "work" / ".git"
    for path in [top / "HEAD", *(one for part in ("info", "objects", "refs") for one in (top / part).rglob("*"))]:
        if path.is_file():
            server.add(f"/a.git/{path.relative_to(top)}", path.read_bytes())
    return made | {"url": f"{server.url}/a.git"}


@pytest.fixture
def served(made: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The repository on a server of git's own; `url` is its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _git(tmp_path / "work", "config", "uploadpack.allowFilter", "true")
    command = ["git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--export-all", f"--base-path={tmp_path}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as daemon:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield made | {"url": f"git://127.0.0.1:{port}/work/.git"}
        os.killpg(daemon.pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [
        ("HEAD", "three"),
        ("main", "three"),
        ("origin/main", "three"),
        ("refs/heads/old", "one"),
        ("feature/x", "two"),
        ("v1.0", "one"),
        ("v2.0", "two"),
        ("refs/tags/v2.0", "two"),
        ("both", "two"),
    ],
)
def test_refs(ref: str, wanted: str, repository: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in QUIET_GIT.items():
        monkeypatch.setenv(name, value)
    assert git.commit(f"{repository['url']}#{ref}") == repository[wanted]


@pytest.mark.parametrize(
    ("ref", "date", "wanted"),
    [
        ("main", "2025-01-01", "one"),
        ("main", "2025-01-31", "one"),
        ("main", "2025-02-01", "two"),
        ("HEAD", "2025-02-28", "two"),
        ("main", "2030-01-01", "three"),
        ("refs/heads/main", "2025-02-01", "two"),
        ("both", "2025-01-31", "one"),
        ("v1.0", "2025-01-01", "one"),
        ("v2.0", "2025-02-15", "two"),
    ],
)
def test_refs_as_of_a_day(
    ref: str, date: str, wanted: str, served: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "reference-transaction").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hooks / "reference-transaction").chmod(0o755)
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": str(hooks)}
    for name, value in {**QUIET_GIT, **settings, "GIT_DIR": str(tmp_path / "none")}.items():
        monkeypatch.setenv(name, value)
    assert git.commit(f"{served['url']}#{ref}", date=date) == served[wanted]
    assert not (tmp_path / "ran").exists() and not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("ref", "date", "told"),
    [
        ("main", "2024-12-31", r"`refs/heads/main` of .* has no commit of 2024-12-31 or before; give a later day"),
        ("v1.0", "2024-12-31", r"the tag `v1\.0` was made after 2024-12-31; name another"),
        ("v2.0", "2025-02-14", r"the tag `v2\.0` was made after 2025-02-14; name another"),
        ("nothing", "2025-02-14", r"has no `nothing`; check the name"),
    ],
)
def test_no_such_day(ref: str, date: str, told: str, served: dict[str, str]) -> None:
    with pytest.raises(Unresolved, match=told):
        git.commit(f"{served['url']}#{ref}", date=date)


def test_a_server_of_plain_files_has_no_history_without_files(repository: dict[str, str]) -> None:
    with pytest.raises(Unresolved, match=r"a\.git cannot be asked: fatal: dumb http transport does not support"):
        git.commit(f"{repository['url']}#main", date="2025-01-01")


@pytest.mark.parametrize("ref", ["x", "mai", "v3", "--upload-pack=id", "*", "feature"])
def test_no_such_ref(ref: str, repository: dict[str, str]) -> None:
    with pytest.raises(Unresolved, match=r"has no `.*`; check the name of the branch or the tag|cannot be asked"):
        git.commit(f"{repository['url']}#{ref}")


@pytest.mark.parametrize("remote", ["/etc", "file:///etc", "ext::sh -c id", "-u", "--upload-pack=id", "fd::17", ""])
def test_what_git_is_not_asked(remote: str) -> None:
    with pytest.raises(Unresolved, match="is no address that a commit is asked of"):
        git.commit(f"{remote}#main")


def test_nobody_there() -> None:
    with pytest.raises(Unresolved, match=r"http://127\.0\.0\.1:1/a\.git cannot be asked: fatal: "):
        git.commit("http://127.0.0.1:1/a.git#main")


def test_no_repository(server: Server) -> None:
    with pytest.raises(Unresolved, match=r"cannot be asked: fatal: .* not found"):
        git.commit(f"{server.url}/none.git#main")


def test_a_login_that_is_wanted(server: Server) -> None:
    server.add("/a.git/info/refs", Reply(b"", 401, {"WWW-Authenticate": 'Basic realm="x"'}))
    with pytest.raises(
        Unresolved, match=r"cannot be asked: fatal: could not read Username .*terminal prompts disabled"
    ):
        git.commit(f"{server.url}/a.git#main")


def test_an_error_names_no_secret(server: Server) -> None:
    with pytest.raises(Unresolved) as error:
        git.commit(f"http://me:secret@{server.host}/none.git#main")
    assert "secret" not in str(error.value)


def test_silence(server: Server) -> None:
    server.add("/a.git/info/refs", Reply(b"", delay=2))
    with pytest.raises(Unresolved, match=r"did not answer within 0\.5 s"):
        git.commit(f"{server.url}/a.git#main", seconds=0.5)


def test_git_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unresolved, match="git is not installed"):
        git.commit("https://example.invalid/a.git#main")


def test_checksums(server: Server) -> None:
    url = server.add("/a.tgz", b"data")
    assert downloads.checksum(url, client()) == f"sha256:{hashlib.sha256(b'data').hexdigest()}"
    with pytest.raises(Unresolved, match="answered 404"):
        downloads.checksum(f"{server.url}/b", client())


def test_a_server_does_not_tell_what_was_on_another_day() -> None:
    with pytest.raises(Unresolved, match="pin it without --date"):
        downloads.checksum("https://example.invalid/a", client(), "2025-01-01")
