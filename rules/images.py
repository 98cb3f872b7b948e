"""The images that a stage takes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Copy, Run, Stage
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Span
from .bases import image_of
from .facts import Facts


class Image(NamedTuple):
    """An image as it is `written`, and as `text` with the defaults of variables; None where they do not tell."""

    written: str
    text: str | None
    span: Span


def base_image(stage: Stage, see: Facts) -> Image | None:
    """The image in the FROM of a stage; None for another stage, and for `scratch`."""
    base = see.bases.stages[stage.index]
    if base.parent is not None or base.image.text == "scratch":
        return None
    word = image_of(stage).image
    return Image(word.text, base.image.text if base.image.text and not base.image.unmatched else None, word.span)


def copied_images(stage: Stage, see: Facts) -> Iterator[Image]:
    """The images that the COPY and RUN of a stage take files from; not those that are stages of the file."""
    names: set[str | None] | None = None
    for one in stage.instructions:
        body = one.body
        if isinstance(body, Copy) and body.from_:
            taken = [(body.from_, next(flag.span for flag in one.flags if flag.name == "from"))]
        elif isinstance(body, Run) and body.mounts:
            taken = [(mount.from_, mount.span) for mount in body.mounts if mount.from_]
        else:
            continue
        names = names or {other.name for other in see.dockerfile.stages} | {"scratch", "context"}
        for text, span in taken:
            if text.lower() not in names and not text.isdecimal():
                yield Image(text, None if "$" in text else text, span)


def tag_of(reference: str) -> str | None:
    """The tag of a reference, None without one; `@` for one with a digest."""
    if "@" in reference:
        return "@"
    name, colon, tag = reference.rpartition(":")
    return tag if colon and "/" not in tag and name else None
