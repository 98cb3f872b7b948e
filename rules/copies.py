"""What COPY and ADD bring from the build context, and how much of it is more than the manifests of dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..analyzer.context import ContextError, Ignore, Selection, has_wildcard, match, paths, selection
from ..analyzer.dockerfile.syntax import Copy
from ..analyzer.graph import BuildGraph, ContextOrigin, CopyOp, RunOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import is_manifest
from ..analyzer.source import Span
from .facts import BuildContext
from .rule import Confidence

_SOURCE_FILE = (
    r"(?!.*\.(?:config|conf|rc)\.\w+$).*\.(?:py|js|ts|jsx|tsx|mjs|cjs|go|rs|java|kt|scala|rb|php|cs|fs|c|cc|cpp|h|hpp"
    r"|swift|exs?|dart|vue|svelte|pl|lua|r)"
)
_SINGLE_FILE = (
    r"(?i)(?:make|proc|jenkins|vagrant|rake|justfile|task|brew|cap|guard|pod|fast|docker)file|license|licence|notice|copying|"
    r"authors|readme|changelog|version|\.[\w-]+|entrypoint|docker-entrypoint|start|run|build|install|init|setup|manage|gradlew|mvnw"
)
# Files that say nothing of whether a directory is a project.
_BESIDE = r"(?i)\.|dockerfile|containerfile|readme|licen[cs]e"
# Directories of an image in which configuration lies that an installer may read, and those in them where programs lie.
_CONFIGURATION = r"/?|/(?:etc|root|usr|var|home|bin|sbin|lib)(?:/.*)?|/opt/java(?:/.*)?"
_PROGRAMS = r"/(?:usr/src|var/www|var/task|home|usr/app|usr/local/app|root/app|usr/share/nginx)(?:/.*)?"
_MOST_LOOKED_AT = 2000


class Broad(NamedTuple):
    """A source that brings more than manifests. `whole` is True for the whole context, `text` is as written."""

    text: str
    span: Span
    whole: bool
    sure: Confidence


def context_sources(step: Step) -> tuple[tuple[str, Span, Selection], ...]:
    """What a COPY or ADD takes from the main context: the source as written, where, and as a selection.

    Sources whose text depends on variables are left out: they are not known.
    """
    body = step.instruction.body
    if not isinstance(step.op, CopyOp) or not isinstance(body, Copy):
        return ()
    written = {word.span: word.text for word in body.sources}
    return tuple(
        (written.get(source.span, source.path), source.span, source.selection)
        for source in step.op.sources
        if isinstance(source.origin, ContextOrigin)
        and not source.origin.name
        and "$" not in written.get(source.span, "$")
    )


def context_mounts(step: Step) -> tuple[tuple[str, Span, Selection], ...]:
    """What the bind mounts of a RUN take from the main context: the source as given, where, and as a selection."""
    if not isinstance(step.op, RunOp):
        return ()
    return tuple(
        (mount.source or ".", mount.span, selection(mount.source, wildcard=False))
        for mount in step.op.mounts
        if mount.kind == "bind" and isinstance(mount.origin, ContextOrigin) and not mount.origin.name
    )


def is_whole(taken: Selection) -> bool:
    """Whether a selection is the root of the context, or all that lies in it; exclusions may take some of it away."""
    return taken.path.strip("/") in ("", "*", "**") and not taken.parents


def broad_sources(step: Step, context: BuildContext | None) -> tuple[Broad, ...]:
    """The sources of a COPY or ADD that bring source code: by what is in the context, else by their names."""
    found: list[Broad] = []
    for text, span, taken in context_sources(step):
        if is_manifest(text) or taken.parents:
            continue
        whole = is_whole(taken)
        single = "." in text.rstrip("/").rpartition("/")[2].lstrip(".") and not has_wildcard(text)
        known = _looks_broad(taken, context) if context is not None and not single else None
        if known is False or (known is None and not whole and not _sounds_broad(text)):
            continue
        assert isinstance(step.op, CopyOp)
        if not whole and _is_configuration(step.op.dest):
            continue
        found.append(Broad(text, span, whole, "high" if whole else "medium"))
    return tuple(found)


def _is_configuration(dest: str) -> bool:
    return re.fullmatch(_CONFIGURATION, dest) is not None and re.fullmatch(_PROGRAMS, dest) is None


def _sounds_broad(text: str) -> bool:
    name = text.rstrip("/").rpartition("/")[2].lower()
    if has_wildcard(text) or text.endswith("/"):
        return True
    if re.fullmatch(_SOURCE_FILE, name):
        return True
    return "." not in name and re.fullmatch(_SINGLE_FILE, name) is None


def _looks_broad(taken: Selection, context: BuildContext) -> bool | None:
    """Whether what is there is more than manifests; None where no manifest is there or it cannot be read."""
    try:
        seen = False
        for path, node in islice(paths(context.context, taken), _MOST_LOOKED_AT):
            if node.kind != "file":
                continue
            if not is_manifest(path):
                return True
            seen = seen or re.match(_BESIDE, path) is None
        return False if seen else None
    except ContextError:
        return None


class Taker(NamedTuple):
    """A source or mount that takes something in: `text` is the instruction in short, `span` that of the source."""

    step: Step
    span: Span
    text: str


def takers_of(graph: BuildGraph, context: BuildContext, path: str) -> list[Taker]:
    """The sources and mounts that take in what lies at a path of the context, the ignore rules applied.

    None where the directory cannot be the context of the build, since files that the build names are not in it.
    """
    found = [
        Taker(step, span, named(step))
        for step, span, taken in _all(graph)
        if _covers(taken, path) and not context.context.ignore.excluded(path) and not _excepted(taken, path)
    ]
    return found if found and fits(graph, context) else []


def whole_takers(graph: BuildGraph, context: BuildContext) -> list[Taker]:
    """The sources and mounts that take the whole context; none where the directory cannot be the build's context."""
    found = [Taker(step, span, named(step)) for step, span, taken in _all(graph) if is_whole(taken)]
    return found if found and fits(graph, context) else []


def fits(graph: BuildGraph, context: BuildContext) -> bool:
    """Whether a directory can be the context of the build: all that is named without a pattern lies in it."""
    return all(
        _is_there(taken, context)
        for _, _, taken in _all(graph)
        if not is_whole(taken) and not has_wildcard(taken.path) and not taken.parents
    )


def _all(graph: BuildGraph) -> Iterator[tuple[Step, Span, Selection]]:
    for step in graph.steps:
        if step.used:
            for _, span, taken in (*context_sources(step), *context_mounts(step)):
                yield step, span, taken


def _is_there(taken: Selection, context: BuildContext) -> bool:
    """Whether something lies at the place, ignored or not."""
    folder, _, name = taken.path.strip("/").rpartition("/")
    try:
        return name in context.context.tree.children(folder)
    except ContextError:
        return False


def _covers(taken: Selection, path: str) -> bool:
    """Whether a selection reaches a path, or a directory that holds it."""
    root = taken.path.strip("/")
    if taken.parents:
        return root in ("", ".", path)
    if root in ("", path) or path.startswith(root + "/"):
        return True
    if not taken.wildcard or not has_wildcard(root):
        return False
    depth = root.count("/") + 1
    return match(root, "/".join(path.split("/")[:depth]))


def _excepted(taken: Selection, path: str) -> bool:
    """Whether `--exclude` takes a path out."""
    return bool(taken.exclude) and Ignore(taken.exclude).excluded(path)


def named(step: Step) -> str:
    """A step's instruction in short."""
    text = " ".join(step.instruction.text.split())
    return text if len(text) <= 60 else text[:59] + "…"
