"""A directory on disk: what is read of it, and what never is."""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dcache.analyzer.context import Context, ContextError, Denied, paths, read_ignore, selection
from dcache.analyzer.context.compare import compare
from dcache.analyzer.context.directory import directory


def _blob(data: bytes, algorithm: str = "sha1") -> str:
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


def test_nodes(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0o750)
    (tmp_path / "d/f").write_bytes(b"text")
    (tmp_path / "d/f").chmod(0o4755)
    os.utime(tmp_path / "d/f", ns=(1, 1_000_000_007))
    (tmp_path / "l").symlink_to("../nowhere")
    tree = directory(str(tmp_path), "dir", git=False)
    folder, file, link = tree.children("")["d"], tree.children("d")["f"], tree.children("")["l"]
    assert (folder.kind, folder.mode, folder.ident) == ("dir", 0o750, "")
    assert (file.kind, file.mode, file.size, file.mtime_ns, file.ident) == ("file", 0o4755, 4, 1_000_000_007, "")
    assert (link.kind, link.mode, link.target) == ("link", 0o777, "../nowhere")
    assert tree.digest("d/f", file) == _blob(b"text") and tree.read("d/f") == b"text"
    assert tree.exact_modes and not tree.tracked_only and tree.label == "dir"


def test_the_other_algorithm(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    tree = directory(str(tmp_path), "dir", algorithm="sha256")
    assert tree.digest("f", tree.children("")["f"]) == _blob(b"", "sha256")
    other = directory(str(tmp_path), "dir")
    assert compare(Context("", tree), selection("f"), Context("", other), selection("f")).same


def test_missing(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    with pytest.raises(ContextError, match="is no directory"):
        directory(str(tmp_path / "nope"), "dir")
    with pytest.raises(ContextError, match="is no directory"):
        directory(str(tmp_path / "f"), "dir")
    tree = directory(str(tmp_path), "dir")
    assert tree.children("nope") == {} == tree.children("f")
    with pytest.raises(FileNotFoundError):
        tree.read("nope")


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/f").write_bytes(b"1")
    (tmp_path / "link").symlink_to("real")
    assert list(directory(str(tmp_path / "link"), "dir").children("")) == ["f"]


def test_links_are_never_walked_through(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_bytes(b"1")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/l").symlink_to(tmp_path / "outside")
    (tmp_path / "root/loop").symlink_to("loop")
    (tmp_path / "root/self").symlink_to(".")
    tree = directory(str(tmp_path / "root"), "dir")
    assert tree.children("l") == {} == tree.children("self")
    with pytest.raises(FileNotFoundError):
        tree.read("loop")
    made = Context("", tree)
    assert [path for path, _ in paths(made, selection("."))] == ["l", "loop", "self"]
    assert not list(paths(made, selection("l/secret"))) and not list(paths(made, selection("loop")))


def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(tmp_path / "socket"))
        tree = directory(str(tmp_path), "dir")
        kinds = {name: (node.kind, node.target) for name, node in tree.children("").items()}
    assert kinds == {"pipe": ("other", "fifo"), "socket": ("other", "socket")}
    with pytest.raises(FileNotFoundError):
        tree.read("pipe")
    made = Context("", tree)
    assert compare(made, selection("."), Context("", directory(str(tmp_path), "dir")), selection(".")).same


def test_odd_names(tmp_path: Path) -> None:
    for name in (b"new\nline", b"bad\xff", "é☺".encode(), b" blank "):
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    tree = directory(str(tmp_path), "dir")
    assert set(tree.children("")) == {"new\nline", "bad\udcff", "é☺", " blank "}
    for shown, node in tree.children("").items():
        assert tree.digest(shown, node) == _blob(os.fsencode(shown))


def test_xattrs(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    try:
        os.setxattr(tmp_path / "f", "user.b", b"2")
        os.setxattr(tmp_path / "f", "user.a", b"1")
    except OSError:
        pytest.skip("no extended attributes here")
    assert directory(str(tmp_path), "dir").children("")["f"].xattrs == (("user.a", b"1"), ("user.b", b"2"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_denied(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/f").write_bytes(b"1")
    (tmp_path / "d").chmod(0)
    try:
        tree = directory(str(tmp_path), "dir", git=False)
        with pytest.raises(Denied, match="make it readable"):
            tree.children("d")
    finally:
        (tmp_path / "d").chmod(0o755)


def test_what_may_not_be_read_counts_where_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "a").write_bytes(b"1")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("shut"):
            raise PermissionError(13, "no")
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    tree = directory(str(tmp_path), "dir", git=False)
    with pytest.raises(Denied, match="may not list"):
        list(paths(Context("", tree), selection(".")))
    for ignore in ("shut", "shut\n!shut/x"):  # an excluded directory may be unreadable
        assert [path for path, _ in paths(Context("", tree, read_ignore(ignore)), selection("."))] == ["a"]


def test_what_git_tracks(git: Callable[..., str], tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    (repo / "d/e").mkdir(parents=True)
    (repo / "d/a").write_text("1")
    (repo / "d/b").write_text("2")
    git("add", "d/a")
    tree = directory(str(repo), "dir")
    assert {name: node.tracked for name, node in tree.children("").items()} == {".git": False, "d": True}
    assert {name: node.tracked for name, node in tree.children("d").items()} == {"a": True, "b": False, "e": False}
    assert {name: node.tracked for name, node in directory(str(repo / "d"), "d").children("").items()} == {
        "a": True, "b": False, "e": False,
    }  # fmt: skip
    assert all(node.tracked for node in directory(str(repo), "dir", git=False).children("").values())


def _aged(folder: Path) -> None:
    """Makes all files older than the index: what git has listed cannot have changed in the same moment."""
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            os.utime(path, (1, 1))


def test_the_index_vouches_for_files(git: Callable[..., str], tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    for name in ("a", "b", "d/c"):
        (repo / name).parent.mkdir(exist_ok=True)
        (repo / name).write_text(name)
    _aged(repo)
    git("add", ".")
    (repo / "b").write_text("x")
    tree = directory(str(repo), "dir")
    idents = {name: tree.children("")[name].ident for name in ("a", "b")}
    assert idents == {"a": _blob(b"a"), "b": ""}
    assert tree.children("d")["c"].ident == _blob(b"d/c")
    assert tree.digest("b", tree.children("")["b"]) == _blob(b"x")


@pytest.mark.parametrize("where", ["tracked", "on disk", "above", "setting", "info"])
def test_converted_files_are_read(git: Callable[..., str], tmp_path: Path, where: str) -> None:
    repo = tmp_path / "repo"
    (repo / "d").mkdir()
    (repo / "d/a").write_bytes(b"1\r\n")
    _aged(repo)
    attributes = "* text=auto eol=crlf\n"
    if where == "setting":
        git("config", "core.autocrlf", "true")
    elif where == "info":
        (repo / ".git/info/attributes").write_text(attributes)
    else:
        (repo / ("d/.gitattributes" if where == "on disk" else ".gitattributes")).write_text(attributes)
    git("add", "d/a", *([".gitattributes"] if where in ("tracked", "above") else []))
    tree = directory(str(repo / "d" if where == "above" else repo), "dir")
    path = "a" if where == "above" else "d/a"
    node = tree.children(path.rpartition("/")[0])["a"]
    assert node.ident == "" and tree.digest(path, node) == _blob(b"1\r\n")


def test_broken_git_is_a_plain_directory(tmp_path: Path) -> None:
    (tmp_path / ".git/objects").mkdir(parents=True)
    (tmp_path / ".git/refs").mkdir()
    (tmp_path / ".git/HEAD").write_text("nonsense")
    (tmp_path / "a").write_text("1")
    assert directory(str(tmp_path), "dir").children("")["a"].tracked
