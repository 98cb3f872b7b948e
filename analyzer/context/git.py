"""Git repositories, asked through as few processes as can be; what they hold is taken for hostile.

No command here runs filters, hooks, textconv, a pager, an external diff or a fetch, whatever its configuration says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from ..named_tuple import NamedTuple
from ..typing import IO, TYPE_CHECKING
from .tree import ContextError, Node, Tree

if TYPE_CHECKING:
    import subprocess

_QUIET = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]
_SET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": ""}
_UNSET = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")
_INERT = ["--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]
_KEPT_TREES = 50_000
_MODES: dict[bytes, tuple[str, int]] = {
    b"40000": ("dir", 0o755),
    b"100644": ("file", 0o644),
    b"100664": ("file", 0o644),
    b"100755": ("file", 0o755),
    b"120000": ("link", 0o777),
    b"160000": ("gitlink", 0o755),
}
_SECOND = 1_000_000_000
_HUNK = r"(?m)^@@ -\S+ \+(\d+)(?:,(\d+))? @@"
_LISTING = (
    rb"(\d+) ([0-9a-f]+) (\d)\t([^\0]*)\0  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)


class Place(NamedTuple):
    """Where a repository lies: its work tree ("" for a bare one) and its git directory, absolute and without links."""

    top: str
    folder: str


class Listing(NamedTuple):
    """What `git ls-files` says of one tracked path: times in ns, `size` and `inode` modulo 2**32.

    `stage` is above 0 in a conflict; `held` is True where git is told not to look at the file.
    """

    mode: int
    ident: str
    stage: int
    ctime_ns: int
    mtime_ns: int
    inode: int
    size: int
    held: bool


class Object(NamedTuple):
    """One object of a repository: its hex id, its type and its bytes."""

    ident: str
    kind: str
    data: bytes


class Repository:
    """One git repository; a single long-lived `git cat-file --batch` serves all its commits, trees and blobs."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._commits: dict[str, tuple[str, str]] = {}
        self._trees: dict[str, Mapping[str, Node]] = {}

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Nothing; the process is ended. The next question would start another."""
        process, self._process = getattr(self, "_process", None), None
        if process is not None:
            for pipe in (process.stdin, process.stdout, process.stderr):
                _close(pipe)
            process.terminate()
            process.wait()

    def prefix(self, path: str) -> str:
        """The path of a directory inside the repository, "" for its top; raises ContextError where it is outside."""
        inside = _below(os.path.realpath(path), self.place.top) if self.place.top else None
        if inside is None:
            raise ContextError(f"`{path}` is not in the work tree `{self.place.top}`: give a directory below it")
        return inside

    def commit(self, rev: str) -> str:
        """The hex id of the commit that a revision names; raises ContextError where it names none."""
        return self._commit(rev)[0]

    def root(self, rev: str) -> str:
        """The hex id of the tree of a revision's commit; raises ContextError as `commit` does."""
        return self._commit(rev)[1]

    def _commit(self, rev: str) -> tuple[str, str]:
        if rev not in self._commits:
            if not rev or rev.startswith("-") or "\n" in rev or "\0" in rev:
                raise ContextError(f"bad revision `{rev!r}`: name a commit, a branch or a tag")
            found = self._ask(f"{rev}^{{commit}}")
            if found is None or found.kind != "commit" or not found.data.startswith(b"tree "):
                raise ContextError(
                    f"bad revision `{rev}`: no such commit in {self._label()}; name one that `git log` shows"
                )
            self._commits[rev] = found.ident, found.data[5 : found.data.index(b"\n")].decode("ascii")
        return self._commits[rev]

    def listed(self, ident: str) -> Mapping[str, Node]:
        """The entries of the tree object, by name; raises ContextError where the object is missing.

        Names that git itself refuses to check out are left out.
        """
        if ident not in self._trees:
            if len(self._trees) >= _KEPT_TREES:
                self._trees.clear()
            found = self._ask(ident)
            if found is None or found.kind != "tree":
                raise ContextError(f"the tree {ident} is missing in {self._label()}: fetch it (`git fetch --refetch`)")
            self._trees[ident] = self._entries(found.data, len(ident) // 2)
        return self._trees[ident]

    def blob(self, ident: str) -> bytes:
        """The bytes of the blob; raises ContextError where the object is missing, as in a partial clone."""
        found = self._ask(ident)
        if found is None or found.kind != "blob":
            raise ContextError(f"the blob {ident} is missing in {self._label()}: fetch it (`git fetch --refetch`)")
        return found.data

    def tree(self, rev: str, prefix: str, *, exact_modes: bool = False) -> Tree:
        """The directory `prefix` ("" for the top) of a commit, read as it is asked for; empty where it is not there.

        Raises ContextError for a bad revision. `exact_modes` takes git's modes for those of a checkout (umask 022).
        """
        from .revision import Revision  # which needs this module

        return Revision(self, self.commit(rev), rev, prefix, exact_modes)

    def worktree(self, prefix: str, *, exact_modes: bool = False) -> Tree:
        """The tracked files of the work tree below the directory `prefix`, as they are on disk.

        Directories without a change since HEAD keep git's tree id. Raises ContextError for a bare repository.
        """
        from .worktree import worktree  # which needs this module

        return worktree(self, prefix, exact_modes)

    def has_head(self) -> bool:
        """Whether HEAD names a commit: False before the first one."""
        found = self._ask("HEAD^{commit}")
        return found is not None

    def index(self, prefix: str) -> dict[str, Listing]:
        """What git tracks below the directory, and every .gitattributes, by path from the top."""
        wanted = [*_pathspecs(prefix), ":(top,glob)**/.gitattributes"] if prefix else []
        output = self._run(["ls-files", "-z", "-s", "--debug", "--full-name", "--", *wanted])
        return dict(_listings(output))

    def staged(self, prefix: str) -> list[str]:
        """The paths below the directory, from the top, where the index is not as HEAD has it."""
        raw = ["diff-index", "--cached", "-z", "--raw", "--no-renames", *_INERT, "HEAD", "--", *_pathspecs(prefix)]
        return [_text(name) for name in self._run(raw).split(b"\0")[1::2]]

    def settings(self) -> dict[str, str]:
        """The settings, by name in lower case, that say how files on disk may differ from what git stores."""
        pattern = r"^core\.(autocrlf|eol|attributesfile|filemode)$"
        output = self._run(["config", "-z", "--get-regexp", pattern], allowed=(0, 1))
        pairs = [_text(entry).partition("\n") for entry in output.split(b"\0") if entry]
        return {name.lower(): value if mark else "true" for name, mark, value in pairs}

    def _label(self) -> str:
        return f"`{self.place.top or self.place.folder}`"

    def _entries(self, data: bytes, width: int) -> Mapping[str, Node]:
        out: dict[str, Node] = {}
        at = 0
        while at < len(data):
            space = data.index(b" ", at)
            end = data.index(b"\0", space)
            name = _text(data[space + 1 : end])
            ident = data[end + 1 : end + 1 + width].hex()
            kind, mode = _MODES.get(data[at:space], ("other", 0o644))
            at = end + 1 + width
            if name in ("", ".", "..", ".git") or "/" in name:
                continue
            if kind == "file":
                out[name] = Node("file", mode, ident)
            elif kind == "dir":
                out[name] = Node("dir", mode, ident)
            elif kind == "link":
                out[name] = Node("link", mode, ident, self._link(ident))
            elif kind == "gitlink":
                out[name] = Node("gitlink", mode, ident)
        return out

    def _link(self, ident: str) -> str:
        found = self._ask(ident)
        return _text(found.data) if found is not None else ""

    def _ask(self, name: str) -> Object | None:
        """The object that a name means; None where there is none or where it is ambiguous."""
        if self._process is None:
            self._process = _start(self._command(["cat-file", "--batch"]), heard=False)
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self.close()
            self._run(["rev-parse", "--git-dir"])  # says why, where git refuses the whole repository
            return None  # git before 2.44 ends where it would have to fetch an object that a partial clone lacks
        words = line.rstrip(b"\n").rsplit(b" ", 2)
        if len(words) != 3 or not words[2].isdigit():
            return None
        data = process.stdout.read(int(words[2]) + 1)[:-1]
        return Object(words[0].decode("ascii"), words[1].decode("ascii"), data)

    def ignored(self, paths: list[str]) -> frozenset[str]:
        """Those of the absolute paths that git ignores and does not track."""
        names = b"".join(os.path.realpath(path).encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        output = self._run(["check-ignore", "-z", "--stdin"], allowed=(0, 1), given=names)
        found = set(map(_text, output.split(b"\0")))
        return frozenset(path for path in paths if os.path.realpath(path) in found)

    def log(self, arguments: list[str]) -> bytes:
        """What `git log` prints with these arguments (context/history.py)."""
        return self._run(["-c", "log.diffMerges=separate", "log", "--no-show-signature", *_INERT, *arguments])

    def changed_lines(self, rev: str, path: str) -> tuple[range, ...] | None:
        """The 1-based lines of a file that differ from a revision's, None where the revision has no such file."""
        name = f"{self.prefix(os.path.dirname(path) or os.curdir)}/{os.path.basename(path)}".lstrip("/")
        commit = self.commit(rev)
        if self._ask(f"{commit}:{name}") is None:
            return None
        output = self._run(["diff", "--unified=0", "--no-color", *_INERT, commit, "--", f":(top,literal){name}"])
        return tuple(
            range(int(start), int(start) + int(count or 1)) for start, count in re.findall(_HUNK, _text(output))
        )

    def _run(self, arguments: list[str], allowed: tuple[int, ...] = (0,), given: bytes | None = None) -> bytes:
        process = _start(self._command(arguments), heard=True)
        output, said = process.communicate(given)
        if process.returncode not in allowed:
            raise ContextError(f"git cannot read {self._label()}: {_reason(said)}")
        return output

    def _command(self, arguments: list[str]) -> list[str]:
        return [*_QUIET, "-C", self.place.top or self.place.folder, *arguments]


def repository(path: str) -> Repository:
    """The git repository that the directory lies in; raises ContextError where it lies in none. Starts no process."""
    place = find(path)
    if place is None:
        raise ContextError(f"`{path}` is not in a git repository: give a directory of one, or compare directories")
    return Repository(place)


def find(path: str) -> Place | None:
    """Where the repository lies that the directory is part of; None where it is part of none."""
    at = os.path.realpath(path)
    if _is_git_directory(at):
        return Place("", at)
    while True:
        mark = os.path.join(at, ".git")
        folder = mark if os.path.isdir(mark) else _linked(mark)
        if folder and _is_git_directory(folder):
            return Place(at, os.path.realpath(folder))
        above = os.path.dirname(at)
        if above == at:
            return None
        at = above


def head(place: Place) -> str:
    """The hex id of the commit that is checked out there, read without a process; "" where it cannot be told."""
    common = _first_line(os.path.join(place.folder, "commondir"))
    shared = os.path.join(place.folder, common) if common else place.folder
    value = _first_line(os.path.join(place.folder, "HEAD"))
    for _ in range(5):
        if not value.startswith("ref: "):
            return value
        name = value[5:].strip()
        if not name.startswith("refs/") or ".." in name:
            return ""
        value = _first_line(os.path.join(place.folder, name)) or _first_line(os.path.join(shared, name))
        value = value or _packed(os.path.join(shared, "packed-refs"), name)
    return ""


def _packed(path: str, name: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as lines:
            return next((line.split(" ")[0] for line in lines if line.rstrip("\n").endswith(" " + name)), "")
    except OSError:
        return ""


def _first_line(path: str) -> str:
    """The first line of a small file; empty where there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).rstrip("\n")
    except OSError:
        return ""


def _linked(mark: str) -> str:
    line = _first_line(mark) if os.path.isfile(mark) else ""
    return os.path.join(os.path.dirname(mark), line[8:].strip()) if line.startswith("gitdir: ") else ""


def _is_git_directory(path: str) -> bool:
    if not os.path.lexists(os.path.join(path, "HEAD")):
        return False
    common = _first_line(os.path.join(path, "commondir"))
    shared = os.path.join(path, common) if common else path
    return os.path.isdir(os.path.join(shared, "objects")) and os.path.isdir(os.path.join(shared, "refs"))


def _below(path: str, top: str) -> str | None:
    if path == top:
        return ""
    start = top.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else None


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in _UNSET and not name.startswith("GIT_TRACE")
    }
    return {**kept, **_SET, "LC_ALL": "C"}


def _start(command: list[str], *, heard: bool) -> subprocess.Popen[bytes]:
    """A process of git; what it says on standard error can be read where it is heard."""
    from subprocess import DEVNULL, PIPE, Popen  # most lints start none

    errors = PIPE if heard else DEVNULL
    try:
        return Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors, env=_environment())
    except OSError as error:
        raise ContextError(f"git cannot be started: {error.strerror}; install git, or compare directories") from error


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except BrokenPipeError:
            return  # the process ended first, and nothing is left to tell it


def _reason(said: bytes) -> str:
    lines = _text(said).strip().splitlines()
    return (lines[0] if lines else "it ended without a word").removeprefix("fatal: ")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _pathspecs(prefix: str) -> list[str]:
    return [f":(top,literal){prefix}/"] if prefix else []


def _listings(output: bytes) -> Iterator[tuple[str, Listing]]:
    """The entries of `ls-files -z -s --debug`: a record and a NUL, then indented lines of numbers."""
    at = 0
    for found in re.finditer(_LISTING, output):
        if found.start() != at:
            break
        at = found.end()
        mode, ident, stage, name, *numbers, flags = found.groups()
        changed, changed_ns, modified, modified_ns, inode, size = map(int, numbers)
        times = changed * _SECOND + changed_ns, modified * _SECOND + modified_ns
        held = bool(int(flags, 16) & 0x40008000)  # assume-unchanged, skip-worktree
        yield _text(name), Listing(int(mode, 8), ident.decode("ascii"), int(stage), *times, inode, size, held)
    if at != len(output):
        raise ContextError("git lists its index in a way that is not known: compare revisions instead of the work tree")
