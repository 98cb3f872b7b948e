"""The images of a Dockerfile as what can be pinned: those of FROM, and those that files are copied from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Arg
from ..analyzer.graph.images import image_ref, is_image_ref
from ..analyzer.pins import Key, parted
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts
from ..rules.images import Image, base_image, copied_images, tag_of
from ..rules.named_contexts import named_contexts
from .wants import Want, at

_PREFIX = re.compile(r"\$(?:\w+|\{\w+\})(/?)([^$]+)")
_VARIABLE = re.compile(r"([^$]*)\$(?:(\w+)|\{(\w+)\})")


def image_wants(see: Facts) -> Iterator[Want]:
    """The images that are neither stages nor named contexts; each with the digest that it has."""
    contexts = named_contexts(see.context)
    for stage in see.dockerfile.stages:
        base = base_image(stage, see)
        if base is not None and base.text not in contexts:
            yield from _base(base, see)
        for image in copied_images(stage, see):
            if image.written in contexts or ("/" not in image.written and tag_of(image.written) is None):
                continue  # without a tag or a slash it may be the name of a context
            yield from _copied(image, see)


def _base(image: Image, see: Facts) -> Iterator[Want]:
    place = at(image.written, image.span, see)
    if image.text is not None and place is not None and _is_elsewhere(image.written, image.text):
        yield from _written(image.text, image.span, place, see)
    elif image.text is None or "$" in image.written:
        yield from _variable(image, see)
    elif is_image_ref(image.text) and place is not None and image.written == image.text:
        yield from _written(image.text, image.span, place, see)


def _is_elsewhere(written: str, text: str) -> bool:
    """Whether the only variable says in which registry an image is: then its name and tag are the text's."""
    form = _PREFIX.fullmatch(written)
    if form is None or not is_image_ref(text):
        return False
    prefix = text.removesuffix(form[1] + form[2])
    return prefix != text and bool(form[1] or not prefix or prefix.endswith("/"))


def _copied(image: Image, see: Facts) -> Iterator[Want]:
    """An image in a flag or a mount: its text stands there once, or nothing is written."""
    if image.text is None:
        yield _refused(image, "variables are not expanded there; name the image")
    elif is_image_ref(image.text) and see.source[image.span.start : image.span.end].count(image.text) == 1:
        start = see.source.index(image.text, image.span.start)
        end = start + len(image.text)
        yield from _written(image.text, Span(start, end), Span(end, end), see)


def _written(text: str, place: Span, end: Span, see: Facts) -> Iterator[Want]:
    """An image that is written out; `end` is where its text ends."""
    held = parted("image", text)
    if held is None:
        if "@" not in text:
            yield Want(_key(text), place, end, "@" if tag_of(text) else ":latest@")
    elif tag_of(held[0]) is not None:  # without a tag nobody knows what it was the digest of
        yield Want(_key(held[0]), place, Span(end.start - len(held[1]), end.end), held=held[1])


def _variable(image: Image, see: Facts) -> Iterator[Want]:
    """An image whose name ends in a variable: its pin stands in the variable's default, where nothing else reads it."""
    form = _VARIABLE.fullmatch(image.written)
    name = "" if form is None else form[2] or form[3]
    if form is None or (form[1] and not form[1].endswith((":", "/"))):
        yield _refused(image, "behind the variable the tag goes on; write the tag out, or pin the whole in an ARG")
        return
    pairs = [
        pair
        for one in see.dockerfile.preamble
        if isinstance(one.body, Arg)
        for pair in one.body.pairs
        if pair.key == name
    ]
    if image.text is None or len(pairs) != 1 or not pairs[0].value:
        yield _refused(image, f"`{name}` has no default; give the ARG one")
        return
    value = pairs[0].value.strip("\"'")
    reads = re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", see.source)
    end = at(f"{name}={value}", pairs[0].span, see) or at(value, _behind_sign(pairs[0].span, name), see)
    if len(reads) != 2 or "$" in value or end is None:
        yield _refused(image, f"`{name}` is read elsewhere too, or its default is not plain; pin it by hand")
        return
    if is_image_ref(image.text):
        for one in _written(image.text, image.span, end, see):
            yield one._replace(reader=Edit(image.span, see.source[image.span.start : image.span.end]))


def _behind_sign(span: Span, name: str) -> Span:
    return Span(span.start + len(name) + 1, span.end)


def _refused(image: Image, why: str) -> Want:
    return Want(Key("image", image.text or image.written), image.span, image.span, refusal=why)


def _key(text: str) -> Key:
    return Key("image", str(image_ref(text)))
