"""Commits of a git repository laid out on disk, one after the other, as a checkout with umask 022 gives them."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engines.needs import stubbed


class Commit(NamedTuple):
    """A commit and its first parent; `title` is the first line of its message."""

    ident: str
    parent: str
    title: str


def commits(repository: Path, last: str, number: int, *paths: str) -> list[Commit]:
    """The last commits up to one, on the first-parent line, that touch a path, oldest first; "." is touched by all."""
    form = ["--first-parent", f"-{number}", "--format=%H%x00%P%x00%s"]
    told = _git(repository, "log", *form, last, "--", *(path for path in paths if "." not in paths)).decode()
    rows = [row.split("\0") for row in told.splitlines()]
    return [Commit(ident, parents.split()[0], title) for ident, parents, title in reversed(rows) if parents]


class Checkout:
    """One directory that holds the files of one commit after another; the Dockerfile is fit for the stub world."""

    def __init__(self, repository: Path, folder: Path, dockerfile: str) -> None:
        self.repository, self.folder, self.dockerfile = repository, folder, dockerfile
        self.held: dict[str, tuple[str, str]] = {}

    def show(self, commit: str) -> None:
        """Make the files of a commit those of the directory; what both commits hold alike is left as it is."""
        wanted = dict(self._listed(commit))
        for path in self.held.keys() - wanted.keys():
            self._remove(path)
        changed = [path for path in wanted if self.held.get(path) != wanted[path]]
        for path in changed:
            if path in self.held:
                self._remove(path)
        contents = self._contents([wanted[path][1] for path in changed])
        for path, data in zip(changed, contents, strict=True):
            self._write(path, wanted[path][0], data)
        self.held = wanted

    def _listed(self, commit: str) -> Iterator[tuple[str, tuple[str, str]]]:
        for row in _git(self.repository, "ls-tree", "-r", "-z", "--full-tree", commit).decode().split("\0"):
            about, _, path = row.partition("\t")
            if " blob " in about:
                mode, _, ident = about.split()
                yield path, (mode, ident)

    def _contents(self, idents: list[str]) -> Iterator[bytes]:
        """The bytes of blobs; of one that a partial clone lacks, its id: other blobs still differ."""
        asked = "".join(f"{ident}\n" for ident in idents).encode()
        told = io.BytesIO(_git(self.repository, "cat-file", "--batch", given=asked))
        for ident in idents:
            head = told.readline().split()
            if len(head) == 3:
                yield told.read(int(head[2]))
                told.read(1)
            else:
                yield ident.encode()

    def _write(self, path: str, mode: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if mode == "120000":
            place.symlink_to(os.fsdecode(data))
            return
        if path == self.dockerfile:
            data = stubbed(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        place.write_bytes(data)
        place.chmod(0o755 if mode == "100755" else 0o644)

    def _remove(self, path: str) -> None:
        place = self.folder / path
        place.unlink()
        for parent in place.relative_to(self.folder).parents:
            if str(parent) == "." or any((self.folder / parent).iterdir()):
                return
            (self.folder / parent).rmdir()


def _git(repository: Path, *words: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["git", "-C", repository, *words], input=given, capture_output=True, check=True).stdout
