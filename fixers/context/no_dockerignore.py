"""Writes a `.dockerignore` with what no build needs.

It lists `.git`, the Dockerfile, itself, and the directories that tools have filled, as far as the build makes them
itself: see `context/git-dir-copied`, `context/dockerfile-copied` and `context/generated-files-copied` for what keeps a
line from being written. Tests and documents are not listed: whether an install reads README.md, or a step runs the
tests, is not known.

Unsafe: the image lacks what is listed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ...rules.taken import GENERATED, taken
from ..blocks import instruction_at
from ..git_use import asks_git, is_go
from ..ignored import ignore_path, kept_out, mentions
from ..making import makes


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The new file; none where no line is sure."""
    context, taker = see.context, instruction_at(see.dockerfile, found.primary)
    if context is None or taker is None:
        return
    lines: list[str] = []
    meant: list[str] = []
    if not asks_git(see) and kept_out(see, (".git",), (".git",)) is not None:
        lines.append(".git")
    if context.dockerfile and _is_free(see, context.dockerfile):
        lines.append(context.dockerfile)
    meant += lines
    filled = [one.path for one in taken(see) if one.node.kind == "dir" and one.path.rpartition("/")[2] in GENERATED]
    for name in sorted({path.rpartition("/")[2] for path in filled}):
        paths = [path for path in filled if path.rpartition("/")[2] == name]
        line = f"**/{name}" if any("/" in path for path in paths) else name
        if makes(see, taker.stage, (name,)) and kept_out(see, (line,), paths) is not None:
            lines.append(line)
            meant += paths
    if not lines:
        return
    edits = kept_out(see, (*lines, ".dockerignore"), meant)
    if edits is not None:
        told = f"no step and nothing in the image reads what it lists: {', '.join(f'`{line}`' for line in lines[:4])}"
        told += " …" if lines[4:] else ""
        told += ", and that no Go program is asked for its revision" if ".git" in lines and is_go(see) else ""
        title = f"add {ignore_path(context)} with {', '.join(f'`{one}`' for one in lines[:4])}"
        yield Fix(title, False, edits, assumes=told)


def _is_free(see: Facts, path: str) -> bool:
    return not mentions(see, path) and kept_out(see, (path,), (path,)) is not None
