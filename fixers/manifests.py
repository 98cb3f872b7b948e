"""The COPY lines that bring single files first."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from ..analyzer.dockerfile.syntax import Copy, Dockerfile, Instruction
from ..analyzer.graph import CopyOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..rules.volatile import shortened
from .flags import surely_copies_parents
from .landings import Landing

MOST_LINES = 40
# From so many folders on, one COPY that keeps the folders of files is easier to read than one for each.
_MANY = 3
_WIDEST = 100
_PLAIN = re.compile(r"[\w./@+,=~-]+")
_KEPT = ("chown", "chmod", "link")


class Line(NamedTuple):
    """A COPY as text, the one that it goes before, the folders of the image that it fills, and the files."""

    step: Step
    text: str
    places: tuple[str, ...]
    files: tuple[str, ...]


def manifest_lines(step: Step, brought: Sequence[tuple[str, Landing, str]], dockerfile: Dockerfile) -> Iterator[Line]:
    """The lines that copy some of the files that a COPY brings: one for each folder of the image, or one for many of
    them where the frontend surely keeps the folders that files lie in.

    `brought` are the files: where each lies in the image, its landing, and its path in the context.
    """
    instruction = step.instruction
    body = instruction.body
    assert isinstance(body, Copy) and isinstance(step.op, CopyOp)
    flags = "".join(f" {flag.text}" for flag in instruction.flags if flag.name in _KEPT)
    root = step.op.dest.rstrip("/").removesuffix("/.").strip("/")
    written = body.dest.text.rstrip("/").removesuffix("/.")
    base = "./" if written in ("", ".") and not body.dest.text.startswith("/") else written + "/"
    folders: dict[str, list[str]] = {}
    for place, _, path in brought:
        folders.setdefault(posixpath.dirname(place), []).append(path)
    kept = all(place == posixpath.join(root, path) for place, _, path in brought)
    if len(folders) >= _MANY and kept and surely_copies_parents(dockerfile):
        paths = [path for folder in sorted(folders) for path in folders[folder]]
        text = f"COPY --parents{flags} {' '.join(paths)} {base}"
        if len(text) > _WIDEST:
            newline = f" {dockerfile.escape}{dockerfile.source.newline}    "
            text = newline.join((f"COPY --parents{flags}", *paths, base))
        yield Line(step, text, tuple(sorted(folders)), tuple(paths))
        return
    for folder in sorted(folders):
        inner = folder[len(root) :].strip("/") if root else folder
        dest = base + (inner + "/" if inner else "")
        sources = " ".join(folders[folder])
        yield Line(step, f"COPY{flags} {sources} {dest}", (folder,), tuple(folders[folder]))


def is_plain(path: str) -> bool:
    """Whether a path can be written as a word of COPY as it is."""
    return _PLAIN.fullmatch(path) is not None and not path.startswith("-")


def title(made: Sequence[Line], install: str, copy: Instruction) -> str:
    """What is done, as the title of a fix."""
    files = [file for line in made for file in line.files]
    name = f"`{install if len(install) <= 40 else install[:39] + '…'}`"
    if not files:
        return f"move `{shortened(copy)}` below {name}"
    shown = ", ".join(f"`{file}`" for file in files[:2]) + (f" and {len(files) - 2} more" if len(files) > 2 else "")
    if len(shown) > 50:
        shown = f"{len(files)} manifests" if len(files) > 1 else f"`{posixpath.basename(files[0])}`"
    return f"copy {shown} before {name}, the rest behind it"
