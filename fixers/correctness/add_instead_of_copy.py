"""Writes COPY for ADD.

Safe where each source is the whole context, or is known to be a directory or a file that is no archive: nothing is
unpacked. Not safe where the build context is not known. Flags that COPY does not have keep ADD.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError, Selection, Tree, has_wildcard, matched
from ...analyzer.dockerfile.syntax import Copy
from ...analyzer.source import Edit
from ...rules.archives import is_archive
from ...rules.copies import context_sources, fits, is_whole
from ...rules.facts import BuildContext, Facts
from ...rules.reach import step_of
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at

_FLAGS = frozenset({"chown", "chmod", "link", "exclude"})
# How what the engine unpacks begins: gzip, bzip2, xz, zstd, and the head of a member of an archive of tar.
_MAGIC = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
_SKIPPED = b"\x2a\x4d\x18"
_HEADER = 512
_LARGEST = 1 << 20


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The same with COPY."""
    one = instruction_at(see.dockerfile, found.primary)
    step = None if one is None else step_of(one, see)
    if one is None or step is None or not isinstance(one.body, Copy) or {flag.name for flag in one.flags} - _FLAGS:
        return
    sources = context_sources(step)
    if len(sources) != len(one.body.sources) or any(is_archive(text.strip("\"'")) for text, _, _ in sources):
        return
    written = see.source[found.primary.start : found.primary.end]
    edits = {see.path: (Edit(found.primary, "COPY" if written.isupper() else "copy"),)}
    context = (
        see.context if see.graph is not None and see.context is not None and fits(see.graph, see.context) else None
    )
    if all(taken.path.strip("/") == "" or (context and _is_plain(taken, context)) for _, _, taken in sources):
        yield Fix("write `COPY`", True, edits)
    elif context is None:
        named = ", ".join(f"`{text}`" for text, _, taken in sources if not is_whole(taken))
        yield Fix("write `COPY`", False, edits, assumes=f"{named[:80] or 'no source'} is no archive")


def _is_plain(taken: Selection, context: BuildContext) -> bool:
    """Whether all that a source names is there, and is a directory or a file that ADD would not unpack."""
    tree = context.context.tree
    try:
        found = matched(context.context, taken) if has_wildcard(taken.path) else (taken.path.strip("/"),)
        return bool(found) and all(_is_no_archive(path, tree) for path in found or ())
    except (ContextError, FileNotFoundError):
        return False


def _is_no_archive(path: str, tree: Tree) -> bool:
    folder, _, name = path.rpartition("/")
    node = tree.children(folder).get(name)
    if node is None or node.kind != "file" or node.size > _LARGEST:
        return node is not None and node.kind == "dir"
    data = tree.read(path)
    if data.startswith(_MAGIC) or data[1:4] == _SKIPPED:
        return False
    if len(data) < _HEADER:
        return True
    import tarfile  # only a file as long as a header can be one

    try:
        tarfile.TarInfo.frombuf(data[:_HEADER], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return True
    return False
