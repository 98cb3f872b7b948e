"""Commits and work trees of repositories made on the spot, some of them hostile."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcache.analyzer.context import Context, ContextError, Tree, read_ignore, selection
from dcache.analyzer.context.compare import compare
from dcache.analyzer.context.directory import directory
from dcache.analyzer.context.git import Repository, repository

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


def test_a_revision(git: Git, repo: Path) -> None:
    with repository(str(repo / "d")) as one:
        assert one.commit("HEAD") == one.commit("main") == git("rev-parse", "HEAD")
        tree = one.tree("HEAD", "")
        assert dict(_all(tree)) == {
            "a": "file", "d": "dir", "d/b": "file", "d/e": "dir", "d/e/c": "file", "d/run": "file", "l": "link",
            "x": "dir", "x/y": "file",
        }  # fmt: skip
        nodes = tree.children("")
        assert nodes["d"].ident == git("rev-parse", "HEAD:d") and nodes["a"].ident == git("rev-parse", "HEAD:a")
        assert (nodes["l"].target, nodes["l"].mode) == ("d/b", 0o777)
        assert [tree.children("d")[name].mode for name in ("b", "run", "e")] == [0o644, 0o755, 0o755]
        assert tree.read("d/e/c") == b"3" and tree.digest("a", nodes["a"]) == nodes["a"].ident
        assert tree.label == "HEAD" and tree.tracked_only and not tree.exact_modes
        assert one.tree("HEAD", "", exact_modes=True).exact_modes
        assert list(one.tree("HEAD", "d/e").children("")) == ["c"]
        assert one.tree("HEAD", "nope").children("") == {} == one.tree("HEAD", "a").children("")
        for path in ("nope", "d", "l", "a/b"):
            with pytest.raises(FileNotFoundError):
                tree.read(path)


@pytest.mark.parametrize(
    "rev", ["nope", "-x", "--output=x", "", "HEAD\nHEAD", "HEAD:a", "HEAD^{tree}", "HEAD~9", "a b", "\0"]
)
def test_bad_revisions(repo: Path, rev: str) -> None:
    with repository(str(repo)) as one, pytest.raises(ContextError, match=r"^bad revision") as error:
        one.tree(rev, "")
    assert "\n" not in str(error.value)


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match="is not in a git repository"):
        repository(str(tmp_path))


def test_prefix(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo / "d")
    with repository(str(repo / "d")) as one:
        assert [one.prefix(str(path)) for path in (repo, repo / "d/e", tmp_path / "link")] == ["", "d/e", "d"]
        with pytest.raises(ContextError, match="is not in the work tree"):
            one.prefix(str(tmp_path))


def test_two_revisions_take_one_process(git: Git, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "d/e/c").write_text("other")
    git("commit", "-qam", "two")
    started: list[list[str]] = []
    real = subprocess.Popen

    def popen(command: list[str], **more: object) -> object:
        started.append(command)
        return real(command, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("subprocess.Popen", popen)
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD~1", ""), one.tree("HEAD", "")) == [("content", "d/e/c")]
    assert len(started) == 1


def test_unchanged_directories_are_not_read(git: Git, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "d/e/c").write_text("other")
    git("commit", "-qam", "two")
    read: list[str] = []
    real = Repository.listed

    def listed(self: Repository, ident: str) -> object:
        read.append(ident)
        return real(self, ident)

    monkeypatch.setattr(Repository, "listed", listed)
    with repository(str(repo)) as one:
        for ignore in (".git", "**/*.log\n!d/keep.log"):
            read.clear()
            assert _changes(one.tree("HEAD~1", ""), one.tree("HEAD", ""), ignore) == [("content", "d/e/c")]
            assert git("rev-parse", "HEAD:x") not in read and len(read) == 6


def test_a_bare_repository(git: Git, repo: Path, tmp_path: Path) -> None:
    git("clone", "-q", "--bare", str(repo), str(tmp_path / "bare"))
    with repository(str(tmp_path / "bare")) as one:
        assert one.tree("HEAD", "d").read("b") == b"2"
        with pytest.raises(ContextError, match="is bare"):
            one.worktree("")


def test_a_linked_work_tree(git: Git, repo: Path, tmp_path: Path) -> None:
    git("worktree", "add", "-q", str(tmp_path / "other"), "-b", "side")
    (tmp_path / "other/a").write_text("other")
    with repository(str(tmp_path / "other/d")) as one:
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == [("content", "a")]
        assert directory(str(tmp_path / "other"), "dir").children("")["a"].tracked


def test_submodules(git: Git, repo: Path, tmp_path: Path) -> None:
    git("clone", "-q", str(repo), str(tmp_path / "module"))
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "module"), "sub")
    git("commit", "-qm", "two")
    with repository(str(repo)) as one:
        node = one.tree("HEAD", "").children("")["sub"]
        assert (node.kind, node.ident) == ("gitlink", git("rev-parse", "HEAD:sub"))
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == []
        assert _changes(one.tree("HEAD", ""), directory(str(repo), "dir")) == []
        (repo / "sub/a").write_text("5")
        git("commit", "-qam", "in the module", at=repo / "sub")
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == [("content", "sub")]
        assert _changes(one.tree("HEAD", ""), directory(str(repo), "dir")) == [("type", "sub")]


def test_sha256(git: Git, tmp_path: Path) -> None:
    top = tmp_path / "long"
    git("init", "-q", "--object-format=sha256", str(top))
    (top / "a").write_text("1")
    git("add", ".", at=top)
    git("commit", "-qm", "one", at=top)
    with repository(str(top)) as one:
        assert len(one.tree("HEAD", "").children("")["a"].ident) == 64
        (top / "a").write_text("2")
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == [("content", "a")]
        disk = directory(str(top), "dir")
        assert len(disk.digest("a", disk.children("")["a"])) == 64


def test_odd_names(git: Git, repo: Path) -> None:
    names = [b"new\nline", b"bad\xff", "é".encode(), b" x ", b"tab\there", b'"quote', b"-dash", b":(glob)**"]
    for name in names:
        (repo / os.fsdecode(name)).write_bytes(name)
    (repo / ":(top)").mkdir()
    (repo / ":(top)/f").write_text("1")
    git("add", ".")
    git("commit", "-qm", "odd")
    (repo / "bad\udcff").write_text("x")
    (repo / "new\nline").write_text("x")
    with repository(str(repo)) as one:
        assert {os.fsdecode(name) for name in names} <= set(one.tree("HEAD", "").children(""))
        changes = _changes(one.tree("HEAD", ""), one.worktree(""))
        assert set(changes) == {("content", "bad\udcff"), ("content", "new\nline")} and len(changes) == 2
        assert list(one.worktree(":(top)").children("")) == ["f"]


def test_a_partial_clone_is_not_completed(git: Git, repo: Path, tmp_path: Path) -> None:
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", str(tmp_path / "part"))
    with repository(str(tmp_path / "part")) as one:
        tree = one.tree("HEAD", "")
        assert next(_all(tree))[0] == "a" and tree.children("")["l"].target == ""
        assert _changes(tree, one.tree("HEAD", "")) == []
        with pytest.raises(ContextError, match=r"is missing in .*fetch"):
            tree.read("a")


@pytest.mark.parametrize("racy", [False, True])
def test_a_hostile_repository_runs_nothing(git: Git, repo: Path, tmp_path: Path, racy: bool) -> None:
    mark = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    (repo / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git("add", ".gitattributes")
    git("commit", "-qm", "two")
    (repo / "a").write_text("2")
    if racy:
        status = os.stat(repo / ".git/index")
        os.utime(repo / "a", ns=(status.st_mtime_ns, status.st_mtime_ns + 10))
    settings = ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.fsmonitor", "core.sshCommand"]
    for name in [*settings, "diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager", "core.editor"]:
        git("config", name, str(script))
    git("config", "filter.evil.required", "true")
    git("config", "core.hooksPath", str(tmp_path))
    mark.unlink(missing_ok=True)
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD~1", ""), one.worktree("")) == [("added", ".gitattributes"), ("content", "a")]
        directory(str(repo), "dir").children("d")
    assert not mark.exists()


def test_names_git_would_not_check_out_are_left_out(git: Git, repo: Path) -> None:
    blob = git("rev-parse", "HEAD:a")
    entries = b"".join(b"100644 %s\0" % name + bytes.fromhex(blob) for name in (b"..", b".git", b"a/b", b"fine"))
    made = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        cwd=repo,
        input=entries,
        capture_output=True,
    )
    commit = git("commit-tree", "-m", "x", made.stdout.decode().strip())
    with repository(str(repo)) as one:
        assert list(one.tree(commit, "").children("")) == ["fine"]


def test_other_repositories_of_the_environment_do_not_count(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nope"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nope"))
    with repository(str(repo)) as one:
        assert _changes(one.tree("HEAD", ""), one.worktree("")) == []


def test_no_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ContextError, match="git cannot be started"):
        repository(str(repo)).commit("HEAD")
    assert directory(str(repo), "dir").children("")["a"].tracked


def test_the_process_ends(repo: Path) -> None:
    one = repository(str(repo))
    one.commit("HEAD")
    one.close()
    assert one.commit("main") and len(one.commit("HEAD~0")) == 40
    one.close()
