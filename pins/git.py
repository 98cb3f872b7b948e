"""Git repositories: the commit that a branch, a tag or HEAD is, or was. Git itself asks, with the user's settings."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from functools import partial

from ..analyzer.named_tuple import NamedTuple
from .http import Unresolved, shown

_SECONDS = 60
_PROTOCOLS = "https:http:ssh:git"
_QUIET = ("-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
# What a hook of git that runs dcache is told of its own repository, which nothing is to be written to.
_OF_A_REPOSITORY = frozenset(
    f"GIT_{name}"
    for name in "DIR WORK_TREE COMMON_DIR INDEX_FILE OBJECT_DIRECTORY ALTERNATE_OBJECT_DIRECTORIES NAMESPACE".split()
)
# All commits without their files. A server of plain files cannot leave anything out, and git asks it for what is
# missing without an end; that it is to leave out what is older than everything makes git refuse such a server.
_COMMITS_ALONE = ("--filter=tree:0", "--shallow-since=1970-01-02")
_HERE = "refs/asked"


class _Row(NamedTuple):
    """A ref of a remote by its whole name, and the commit that it is."""

    name: str
    commit: str


def commit(name: str, *, seconds: float = _SECONDS, date: str | None = None) -> str:
    """The commit that `REMOTE#REF` is now, or was at the end of a day, YYYY-MM-DD, by UTC; Unresolved.

    What a branch was is told by its history, in which the dates are those of the commits: when they were pushed, and
    what was there before the branch was written anew, nobody tells. A tag counts for the days since it was made.
    """
    remote, _, ref = name.rpartition("#")
    ref = ref.removeprefix("origin/")
    if not re.match(r"(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:", remote):
        raise Unresolved(f"`{remote}` is no address that a commit is asked of")
    wanted = [ref] if ref == "HEAD" else [ref, f"{ref}^{{}}"]
    row = _chosen(_asked(remote, seconds, os.path.expanduser("~"), "ls-remote", "--quiet", "--", remote, *wanted), ref)
    if row is None:
        raise Unresolved(f"{_told(remote)} has no `{ref}`; check the name of the branch or the tag")
    return row.commit if date is None else _on(date, row, remote, seconds * 5)


def _on(date: str, row: _Row, remote: str, seconds: float) -> str:
    """The commit of a ref at the end of a day, from a copy of its history without files; Unresolved."""
    import tempfile

    end = f"{date}T23:59:59+00:00"
    with tempfile.TemporaryDirectory(prefix="dcache-") as folder:
        ask = partial(_asked, remote, seconds, folder)
        ask("init", "--quiet", "--bare", "--template=", ".")
        ask("config", "remote.asked.url", remote)
        ask("fetch", "--quiet", "--no-tags", *_COMMITS_ALONE, "asked", f"+{row.name}:{_HERE}")
        if row.name.startswith("refs/tags/"):
            made = ask("for-each-ref", "--format=%(creatordate:unix)", _HERE).strip()
            if made.isdecimal() and int(made) <= datetime.datetime.fromisoformat(end).timestamp():
                return row.commit
            raise Unresolved(f"the tag `{row.name.removeprefix('refs/tags/')}` was made after {date}; name another")
        found = ask("rev-list", "-1", "--first-parent", f"--before={end}", _HERE).strip()
    if not found:
        raise Unresolved(f"`{row.name}` of {_told(remote)} has no commit of {date} or before; give a later day")
    return found


def _asked(remote: str, seconds: float, folder: str, *arguments: str) -> str:
    """What git prints in a folder, with no hook and no protocol but those of remotes; Unresolved."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY} | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND") or "ssh -o BatchMode=yes",
    }
    try:
        ended = subprocess.run(
            ["git", *_QUIET, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Unresolved("git is not installed, and commits are asked for by it") from None
    except subprocess.TimeoutExpired:
        raise Unresolved(f"{_told(remote)} did not answer within {seconds:g} s; try again") from None
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise Unresolved(f"{_told(remote)} cannot be asked: {said[-1][:200] if said else 'git does not say why'}")
    return ended.stdout


def _chosen(listed: str, ref: str) -> _Row | None:
    """The row of a ref in what git lists: a branch before a tag, of a tag what it points at; None for none."""
    rows: dict[str, str] = {}
    for row in listed.splitlines():
        found, _, name = row.partition("\t")
        rows[name] = found
    names: tuple[str, ...] = (ref, f"refs/heads/{ref}", f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}")
    if ref.startswith("refs/"):
        names = (f"{ref}^{{}}", ref)
    return next((_Row(name.removesuffix("^{}"), rows[name]) for name in names if name in rows), None)


def _told(remote: str) -> str:
    return shown(remote) if "://" in remote else remote
