"""Git repositories: the commit that a branch, a tag or HEAD is now. Git itself asks, with the user's own settings."""

from __future__ import annotations

import os
import re
import subprocess

from .http import Unresolved, shown

_SECONDS = 60
_PROTOCOLS = "https:http:ssh:git"


def commit(name: str, *, seconds: float = _SECONDS, date: str | None = None) -> str:
    """The commit that `REMOTE#REF` is now; Unresolved. A remote does not tell which it was on another day."""
    remote, _, ref = name.rpartition("#")
    ref = ref.removeprefix("origin/")
    if date is not None:
        raise Unresolved("a git remote does not tell what it had on another day; pin it without --date")
    if not re.match(r"(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:", remote):
        raise Unresolved(f"`{remote}` is no address that a commit is asked of")
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND") or "ssh -o BatchMode=yes",
    }
    wanted = [ref] if ref == "HEAD" else [ref, f"{ref}^{{}}"]
    try:
        ended = subprocess.run(
            ["git", "ls-remote", "--quiet", "--", remote, *wanted],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
            env=environment,
            cwd=os.path.expanduser("~"),
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Unresolved("git is not installed, and commits are asked for by it") from None
    except subprocess.TimeoutExpired:
        raise Unresolved(f"{_told(remote)} did not answer within {seconds:g} s; try again") from None
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise Unresolved(f"{_told(remote)} cannot be asked: {said[-1][:200] if said else 'git does not say why'}")
    return _chosen(ended.stdout, ref, remote)


def _chosen(listed: str, ref: str, remote: str) -> str:
    """The commit of a ref in what git lists: a branch before a tag, of a tag what it points at."""
    rows: dict[str, str] = {}
    for row in listed.splitlines():
        found, _, name = row.partition("\t")
        rows[name] = found
    names: tuple[str, ...] = (ref, f"refs/heads/{ref}", f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}")
    if ref.startswith("refs/"):
        names = (f"{ref}^{{}}", ref)
    for name in names:
        if name in rows:
            return rows[name]
    raise Unresolved(f"{_told(remote)} has no `{ref}`; check the name of the branch or the tag")


def _told(remote: str) -> str:
    return shown(remote) if "://" in remote else remote
