"""Trees in memory, and git repositories made on the spot."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dcache.analyzer.context import Context, Node, read_ignore

Files = Mapping[str, Any]

# A busy machine is not a slow program.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


class MemoryTree:
    """A tree from a table: `path: text`, `path: (text, mode)`, `path/: mode`, `path: "-> target"` or `path: Node`."""

    def __init__(self, files: Files, exact_modes: bool, tracked_only: bool) -> None:
        self.label = "memory"
        self.exact_modes = exact_modes
        self.tracked_only = tracked_only
        self.texts: dict[str, bytes] = {}
        self.listed: list[str] = []
        self._folders: dict[str, dict[str, Node]] = {"": {}}
        for path, value in files.items():
            self._add(path.rstrip("/"), value)

    def _add(self, path: str, value: Any) -> None:
        parent, _, name = path.rpartition("/")
        if parent not in self._folders:
            self._add(parent, 0o755)
        if isinstance(value, int):
            self._folders.setdefault(path, {})
            node = Node("dir", value)
        elif isinstance(value, Node):
            node = value
            self.texts[path] = value.ident.encode()
            if value.kind == "dir":
                self._folders.setdefault(path, {})
        elif isinstance(value, str) and value.startswith("-> "):
            node = Node("link", 0o777, "", value[3:])
        else:
            text, mode = (value, 0o644) if isinstance(value, str) else value
            node = Node("file", mode, "", "", len(text))
            self.texts[path] = text.encode()
        self._folders[parent][name] = node

    def children(self, path: str) -> Mapping[str, Node]:
        self.listed.append(path)
        return self._folders.get(path, {})

    def digest(self, path: str, node: Node) -> str:
        data = self.texts[path]
        return node.ident or hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def read(self, path: str) -> bytes:
        return self.texts[path]


@pytest.fixture(scope="session")
def tree() -> Callable[..., MemoryTree]:
    """Makes a tree in memory: see MemoryTree."""

    def make(files: Files, *, exact_modes: bool = True, tracked_only: bool = False) -> MemoryTree:
        return MemoryTree(files, exact_modes, tracked_only)

    return make


@pytest.fixture(scope="session")
def context() -> Callable[..., Context]:
    """Makes a context whose ignore rules are those of its own .dockerignore."""

    def make(files: Files, **flags: bool) -> Context:
        made = MemoryTree(files, flags.get("exact_modes", True), flags.get("tracked_only", False))
        text = made.texts.get(".dockerignore", b"").decode()
        return Context("", made, read_ignore(text))

    return make


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs git in `tmp_path / "repo"`, a new repository, with no configuration but its own."""
    folder = tmp_path / "repo"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(tmp_path)}
    people = {
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    for name, value in {**settings, **people, "XDG_CONFIG_HOME": str(tmp_path / "none")}.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, at: Path = folder) -> str:
        done = subprocess.run(["git", *arguments], cwd=at, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


@pytest.fixture
def repo(git: Callable[..., str], tmp_path: Path) -> Path:
    """A repository of one commit."""
    top = tmp_path / "repo"
    for name, text in {"a": "1", "d/b": "2", "d/e/c": "3", "x/y": "4"}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    (top / "d/run").write_text("#!/bin/sh")
    (top / "d/run").chmod(0o755)
    (top / "l").symlink_to("d/b")
    for path in (top / name for name in ("a", "d/b", "d/e/c", "x/y", "d/run")):
        os.utime(path, (1, 1))  # so that the index, which is younger, vouches for them
    git("add", ".")
    git("commit", "-qm", "one")
    return top
