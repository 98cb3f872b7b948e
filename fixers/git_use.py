"""Whether something in a build may ask git about the project: then `.git` has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.context import ContextError
from ..analyzer.dockerfile.syntax import Run
from ..analyzer.shell import run_text
from ..rules.build_files import build_files
from ..rules.facts import Facts
from .ignored import mentions

_VERBS = (
    "describe|rev-parse|rev-list|log|show|status|diff|tag|branch|symbolic-ref|ls-files|archive|submodule|name-rev|"
    "shortlog|cat-file|for-each-ref|checkout|fetch|pull|reset|clean|apply|am|worktree|notes|blame"
)
ASKS = re.compile(
    rf"""
    \bgit[\s"',\[\]]+ (?:-C\s+\S+\s+|-c\s+\S+\s+|--\S+\s+)* (?:{_VERBS})\b
    | (?<![\w.-]) \.git (?![\w.-])
    | setuptools[-_]?scm | versioneer | hatch-vcs | dynamic-versioning | dunamai | \bpbr\b | pdm-backend .* scm
    | vergen | \bgit2\b | shadow-rs | built\s*= | git[-_]?version | git[-_]?revision | git[-_]?commit | git[-_]?hash
    | git[-_]?sha | git[-_]?rev | \bnbgv\b | nerdbank | minver | gitinfo | git-properties | jgit | axion-release
    | gradle-git | sbt-git | sbt-dynver | simple-git | isomorphic-git | semantic-release | gitpython | pygit2
    | import\s+git\b | husky | lefthook | pre-commit | lint-staged | -buildvcs(?!=false) | goreleaser
    | grgit | nyx | reckon | palantir
    """,
    re.VERBOSE | re.IGNORECASE,
)


def asks_git(see: Facts) -> bool:
    """Whether a command, or a file of the project that builds read, may ask git; True where that cannot be told."""
    if mentions(see, ".git"):
        return True
    try:
        return any(ASKS.search(text) for text in _texts(see))
    except ContextError:
        return True


def is_go(see: Facts) -> bool:
    """Whether Go builds a program, which it tells its revision where it finds `.git`."""
    return any(
        install.tool == "go" and install.local
        for stage in see.dockerfile.stages
        for one in stage.instructions
        if isinstance(one.body, Run)
        for install in see.installs(one)
    )


def _texts(see: Facts) -> Iterator[str]:
    for stage in see.dockerfile.stages:
        yield from (run_text(one) for one in stage.instructions if isinstance(one.body, Run))
    if see.context is not None:
        yield from (text for _, text in build_files(see.context))
