"""Work trees as git tracks them: what changed on disk, in the index, or only seems to have."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcache.analyzer.context import Context, ContextError, Tree, read_ignore, selection
from dcache.analyzer.context.compare import compare
from dcache.analyzer.context.directory import directory
from dcache.analyzer.context.git import repository

Git = Callable[..., str]


def _all(tree: Tree, folder: str = "") -> Iterator[tuple[str, str]]:
    for name, node in sorted(tree.children(folder).items()):
        path = f"{folder}/{name}" if folder else name
        yield path, node.kind
        if node.kind == "dir":
            yield from _all(tree, path)


def _changes(old: Tree, new: Tree, ignore: str = ".git") -> list[tuple[str, str]]:
    rules = read_ignore(ignore)
    done = compare(Context("", old, rules), selection("."), Context("", new, rules), selection("."))
    return [(change.kind, change.path) for change in done.changes]


def test_a_clean_work_tree(git: Git, repo: Path) -> None:
    with repository(str(repo)) as one:
        tree = one.worktree("")
        assert tree.children("")["d"].ident == git("rev-parse", "HEAD:d")
        assert dict(_all(tree)) == dict(_all(one.tree("HEAD", ""))) and tree.tracked_only
        assert _changes(tree, one.tree("HEAD", "")) == []
        assert tree.label == "the work tree"


def _staged(git: Git, path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    git("add", str(path))


def _staged_and_back(top: Path, git: Git) -> None:
    _staged(git, top / "a", "9")
    (top / "a").write_text("1")


def _linked(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


def _file_to_directory(top: Path, git: Git) -> None:
    git("rm", "-q", "a")
    _staged(git, top / "a/b", "1")


def _directory_to_file(top: Path, git: Git) -> None:
    git("rm", "-qr", "x")
    _staged(git, top / "x", "1")


def _to_be_added(top: Path, git: Git) -> None:
    (top / "n").write_text("1")
    git("add", "-N", "n")


def _not_looked_at(top: Path, git: Git) -> None:
    git("update-index", "--assume-unchanged", "a")
    (top / "a").write_text("7")


EDITS: list[tuple[str, Callable[[Path, Git], object], list[tuple[str, str]]]] = [
    ("content", lambda top, git: (top / "d/e/c").write_text("x"), [("content", "d/e/c")]),
    ("same size", lambda top, git: (top / "a").write_text("2"), [("content", "a")]),
    ("touched only", lambda top, git: os.utime(top / "a"), []),
    ("mode", lambda top, git: (top / "a").chmod(0o755), [("mode", "a")]),
    ("removed", lambda top, git: (top / "x/y").unlink(), [("removed", "x/y")]),
    ("untracked", lambda top, git: (top / "x/new").write_text("1"), []),
    ("added", lambda top, git: _staged(git, top / "n", "1"), [("added", "n")]),
    ("added below", lambda top, git: _staged(git, top / "x/n", "1"), [("added", "x/n")]),
    ("staged, then changed back", _staged_and_back, []),
    ("removed from the index", lambda top, git: git("rm", "-q", "--cached", "a"), [("removed", "a")]),
    ("link", lambda top, git: _linked(top / "l", "a"), [("link", "l")]),
    ("file to link", lambda top, git: _linked(top / "a", "x/y"), [("type", "a")]),
    ("file to directory", _file_to_directory, [("type", "a")]),
    ("directory to file", _directory_to_file, [("type", "x")]),
    ("to be added", _to_be_added, [("added", "n")]),
    ("not looked at", _not_looked_at, []),
]


@pytest.mark.parametrize(("edit", "changes"), [case[1:] for case in EDITS], ids=[case[0] for case in EDITS])
def test_changes_of_the_work_tree(
    git: Git, repo: Path, edit: Callable[[Path, Git], object], changes: list[tuple[str, str]]
) -> None:
    edit(repo, git)
    with repository(str(repo)) as one:
        tree = one.worktree("")
        assert _changes(one.tree("HEAD", ""), tree) == changes
        touched = {path.split("/")[0] for _, path in changes}
        assert all(node.ident for name, node in tree.children("").items() if name not in touched)
        inner = one.worktree("d")
        below = [(kind, path[2:]) for kind, path in changes if path.startswith("d/")]
        assert _changes(one.tree("HEAD", "d"), inner) == below


def test_the_work_tree_reads_from_disk(repo: Path) -> None:
    (repo / "d/b").write_text("changed")
    with repository(str(repo)) as one:
        tree = one.worktree("d")
        assert tree.read("b") == b"changed" and tree.read("e/c") == b"3"
        with pytest.raises(FileNotFoundError):
            tree.read("new")


def test_the_directory_and_its_commit(repo: Path) -> None:
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD", ""), directory(str(repo), "dir")) == []
        assert _changes(one.tree("HEAD", "d"), directory(str(repo / "d"), "dir")) == []
        (repo / "a").write_text("5")
        (repo / "new").write_text("5")
        assert _changes(one.tree("HEAD", ""), directory(str(repo), "dir")) == [("content", "a")]
        assert _changes(directory(str(repo), "dir"), one.worktree("")) == []


def test_line_ends(git: Git, repo: Path) -> None:
    git("config", "core.autocrlf", "true")
    (repo / "t").write_bytes(b"1\n2\n")
    git("add", "t")
    git("commit", "-qm", "two")
    (repo / "t").write_bytes(b"1\r\n2\r\n")
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == []
        (repo / "t").write_bytes(b"1\r\n3\r\n")
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == [("content", "t")]


def test_lfs(git: Git, repo: Path) -> None:
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5\nsize 5\n"
    )
    (repo / ".gitattributes").write_text("*.bin filter=lfs\n")
    (repo / "f.bin").write_text(pointer)
    git("add", ".")
    git("commit", "-qm", "two")
    (repo / "f.bin").write_text("12345")
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == []
        (repo / "f.bin").write_text("12346")
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == [("content", "f.bin")]


def test_before_the_first_commit(git: Git, tmp_path: Path) -> None:
    (tmp_path / "repo/a").write_text("1")
    git("add", "a")
    with repository(str(tmp_path / "repo")) as one:
        assert dict(_all(one.worktree(""))) == {"a": "file"} and one.worktree("").read("a") == b"1"
        with pytest.raises(ContextError, match=r"^bad revision"):
            one.commit("HEAD")
