"""Edits of the ignore file that applies, held against what the build is sent: no more vanishes than what was meant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from ..analyzer.context import Context, ContextError, Ignore, has_wildcard, match, paths, read_ignore
from ..analyzer.context.ignore import Sent
from ..analyzer.context.match import clean
from ..analyzer.dockerfile import parse
from ..analyzer.dockerfile.syntax import Copy, Dockerfile, Onbuild, Run
from ..analyzer.graph import ContextOrigin, CopyOp, Step
from ..analyzer.source import Edit, SourceFile, Span
from ..rules.build_files import files
from ..rules.copies import context_mounts, context_sources, is_whole
from ..rules.facts import BuildContext, Facts
from ..rules.paths import is_dockerfile
from ..rules.taken import GENERATED
from .blocks import instructions

_MOST = 20_000


def ignore_path(context: BuildContext) -> str:
    """The ignore file that applies, or the one that would."""
    return context.ignore_file or os.path.normpath(os.path.join(context.folder, ".dockerignore"))


def kept_out(see: Facts, lines: Iterable[str], meant: Iterable[str]) -> dict[str, tuple[Edit, ...]] | None:
    """The edit, by path, that adds lines to the ignore file so that the paths are sent no more, and nothing else.

    The lines go to the end, or above the first `!` where more would vanish there. None where neither does that, where
    an instruction or another Dockerfile of this context names one of the paths, or where that is not known.
    """
    context, wanted, rows = see.context, frozenset(meant), tuple(lines)
    if context is None or see.graph is None or not rows or any(_is_odd(path) for path in wanted):
        return None
    if any(names_path(see, path) or _is_let_in(context.context.ignore, path) for path in wanted):
        return None
    text = context.ignore_text
    newline = SourceFile("", text).newline
    added = "".join(row + newline for row in rows)
    begin = re.search(r"^!", text, re.MULTILINE)
    ends = [len(text)] if begin is None else [len(text), begin.start()]
    try:
        if os.path.basename(ignore_path(context)) == ".dockerignore" and _others_name(context, wanted):
            return None
        for end in ends:
            gap = newline if end == len(text) and text and not text.endswith("\n") else ""
            new = read_ignore(text[:end] + gap + added + text[end:])
            if _only(context.context, new, wanted, rows) and all_found(see, context.context, new):
                return {ignore_path(context): (Edit(Span(end, end), gap + added),)}
    except ContextError:
        return None  # a folder that may not be read: what lies in it is not known
    return None


def names_path(see: Facts, path: str) -> bool:
    """Whether a source takes a path by name, or what lies below it, or may do so with a variable."""
    graph = see.graph
    return graph is None or _names(see.dockerfile, path, "") or any(_may_name(step, path) for step in graph.steps)


def _is_let_in(ignore: Ignore, path: str) -> bool:
    """Whether a `!` line is about a path, or what lies below it."""
    said = [one[1:] for one in ignore.patterns if one.startswith("!")]
    return any(
        one == path or one.startswith(path + "/") or (not is_everything(one) and match(one, path)) for one in said
    )


def _is_odd(path: str) -> bool:
    """Whether a path cannot be written in an ignore file as it is."""
    return any(one in path for one in "*?[]\\\n\r") or path.startswith(("!", "#")) or path != path.strip()


def _only(context: Context, new: Ignore, wanted: frozenset[str], lines: tuple[str, ...]) -> bool:
    """Whether with other rules just these paths, and those that `**/name` is about, are sent no more."""
    names = {line[3:] for line in lines if line.startswith("**/")} & GENERATED
    old_sent, new_sent = Sent(context.tree, context.ignore), Sent(context.tree, new)
    waiting, seen = [""], 0
    while waiting:
        at = waiting.pop()
        before, after = old_sent.children(at), new_sent.children(at)
        seen += len(before)
        if seen > _MOST or not after.keys() <= before.keys():
            return False
        for name, node in before.items():
            path = f"{at}/{name}" if at else name
            gone = name not in after
            if gone != (path in wanted or name in names):
                return False
            if not gone and node.kind == "dir" and name not in GENERATED and path != ".git":
                waiting.append(path)
    return True


def all_found(see: Facts, context: Context, new: Ignore) -> bool:
    """Whether each source that finds something still does."""
    assert see.graph is not None
    narrowed = context._replace(ignore=new)
    for step in see.graph.steps:
        for _, _, one in (*context_sources(step), *context_mounts(step)):
            if not is_whole(one) and any(islice(paths(context, one), 1)) and not any(islice(paths(narrowed, one), 1)):
                return False
    return True


def _may_name(step: Step, path: str) -> bool:
    """Whether a source with a variable in it may mean a path."""
    body = step.instruction.body
    if not isinstance(step.op, CopyOp) or not isinstance(body, Copy):
        return False
    if not any(isinstance(one.origin, ContextOrigin) and not one.origin.name for one in step.op.sources):
        return False
    for word in body.sources:
        head, mark, _ = word.text.partition("$")
        folder = head.rpartition("/")[0].strip("./")
        if mark and (not folder or path == folder or path.startswith(folder + "/")):
            return True
    return False


def _sources(dockerfile: Dockerfile) -> Iterator[str]:
    """What instructions take from the context, as written."""
    for one in instructions(dockerfile):
        body = one.body.trigger.body if isinstance(one.body, Onbuild) else one.body
        if isinstance(body, Copy) and not body.from_:
            yield from (word.text for word in body.sources)
        elif isinstance(body, Run):
            yield from (mount.source or "" for mount in body.mounts if mount.kind == "bind" and not mount.from_)


def _names(dockerfile: Dockerfile, path: str, folder: str) -> bool:
    """Whether a Dockerfile takes a path by name, or what lies below it; its context may be a folder."""
    for text in _sources(dockerfile):
        source = clean(text.strip("\"'").replace("/./", "/")).lstrip("/")
        for place in {source, f"{folder}/{source}".lstrip("/")}:
            if place == path or place.startswith(path + "/"):
                return True
            if has_wildcard(place) and not is_everything(place) and match(place, path):
                return True
    return False


def is_everything(source: str) -> bool:
    """Whether a pattern is about all names alike."""
    return source.rpartition("/")[2] in ("*", "**")


def _others_name(context: BuildContext, wanted: frozenset[str]) -> bool:
    """Whether another Dockerfile, which the same ignore file is for, takes one of the paths by name."""
    for path, text in _other_dockerfiles(context):
        dockerfile = parse(SourceFile(path, text))
        if any(_names(dockerfile, one, path.rpartition("/")[0]) for one in wanted):
            return True
    return False


def _other_dockerfiles(context: BuildContext) -> Iterator[tuple[str, str]]:
    for path in files(context):
        name = path.rpartition("/")[2]
        if path != context.dockerfile and is_dockerfile(name):
            yield path, context.context.tree.read(path).decode("utf-8", "surrogateescape")


def mentions(see: Facts, path: str) -> bool:
    """Whether an instruction that is no copy names a file: in a command, a heredoc, a variable."""
    name = re.escape(path.rpartition("/")[2])
    said = re.compile(rf"(?<![\w.-]){name}(?![\w-])")
    for one in instructions(see.dockerfile):
        body = one.body.trigger.body if isinstance(one.body, Onbuild) else one.body
        if isinstance(body, Copy) and not one.heredocs:
            continue
        if said.search("\n".join((one.text, *(heredoc.content for heredoc in one.heredocs)))):
            return True
    return False
