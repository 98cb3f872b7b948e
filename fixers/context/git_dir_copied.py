"""Lists `.git` in the ignore file that applies, or in a new one.

Nothing is changed where a command, or a file of the project that builds read (Makefile, pyproject.toml, package.json,
build.gradle …), may ask git: `git describe`, setuptools-scm, vergen, husky and their like. Nor where another Dockerfile
of the same context names `.git`, or where a `!` line lets it in on purpose.

Unsafe: the image has no `.git` any more, and Go programs do not know the revision that they were built from.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..git_use import asks_git, is_go
from ..ignored import ignore_path, kept_out


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with one more line."""
    edits = None if asks_git(see) else kept_out(see, (".git",), (".git",))
    if edits is not None and see.context is not None:
        title = f"list `.git` in {ignore_path(see.context)}"
        told = "no step and nothing in the image reads `.git`"
        told += ", and that no Go program is asked for its revision" if is_go(see) else ""
        yield Fix(title, False, edits, assumes=told)
