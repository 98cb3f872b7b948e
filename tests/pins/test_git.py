"""Commits and checksums: real git against repositories that a server of a test holds, and files that it sends."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from commands.running import QUIET_GIT
from dcache.pins import downloads, git
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    ended = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, **QUIET_GIT}
    )
    return ended.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, server: Server) -> dict[str, str]:
    """A repository on a server, by plain files: the commits of its refs; `url` is its address."""
    folder = tmp_path / "work"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    commits: dict[str, str] = {}
    for name in ("one", "two", "three"):
        (folder / "a").write_text(name)
        _git(folder, "add", "-A")
        _git(folder, "commit", "-qm", name)
        commits[name] = _git(folder, "rev-parse", "HEAD")
    _git(folder, "tag", "v1.0", commits["one"])
    _git(folder, "tag", "-a", "-m", "x", "v2.0", commits["two"])
    _git(folder, "branch", "old", commits["one"])
    _git(folder, "branch", "feature/x", commits["two"])
    _git(folder, "tag", "both", commits["one"])
    _git(folder, "branch", "both", commits["two"])
    _git(folder, "update-server-info")
    top = folder / ".git"
    for path in [top / "HEAD", *(one for part in ("info", "objects", "refs") for one in (top / part).rglob("*"))]:
        if path.is_file():
            server.add(f"/a.git/{path.relative_to(top)}", path.read_bytes())
    return commits | {"url": f"{server.url}/a.git"}


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


def test_neither_tells_what_was_on_another_day() -> None:
    with pytest.raises(Unresolved, match="pin it without --date"):
        git.commit("https://example.invalid/a.git#main", date="2025-01-01")
    with pytest.raises(Unresolved, match="pin it without --date"):
        downloads.checksum("https://example.invalid/a", client(), "2025-01-01")
