"""Image references, normalised as the engine does (distribution/reference)."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple


class ImageRef(NamedTuple):
    """A reference with registry and tag written out; `digest` is "" where the image is not pinned."""

    name: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}" + (f"@{self.digest}" if self.digest else "")

    @property
    def familiar(self) -> str:
        """The name as people write it: without the default registry and namespace."""
        return self.name.removeprefix("docker.io/").removeprefix("library/")

    @property
    def identity(self) -> str:
        """What tells two images apart without asking a registry: the digest, else the whole reference."""
        return self.digest or str(self)

    @property
    def shown(self) -> str:
        """The reference as people write it."""
        return str(self._replace(name=self.familiar, tag="" if self.tag == "latest" else self.tag))


# distribution/reference/regexp.go: domain (optional), path components, tag, digest.
_NAME = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN = (
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])"
)
_REFERENCE = re.compile(
    rf"(?:{_DOMAIN}(?::[0-9]+)?/)?{_NAME}(?:/{_NAME})*(?::\w[\w.-]{{0,127}})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)


def is_image_ref(text: str) -> bool:
    """Whether a text has the form of an image reference."""
    return len(text) < 512 and _REFERENCE.fullmatch(text) is not None


def image_ref(text: str) -> ImageRef:
    """The normalised reference: `python` is docker.io/library/python:latest."""
    rest, _, digest = text.partition("@")
    slash = rest.rfind("/")
    colon = rest.rfind(":")
    tag = ""
    if colon > slash:
        rest, tag = rest[:colon], rest[colon + 1 :]
    first, _, remainder = rest.partition("/")
    if not remainder or not (("." in first) or (":" in first) or first == "localhost" or first != first.lower()):
        rest = "docker.io/" + (rest if remainder else f"library/{rest}")
    if rest.startswith("index.docker.io/"):
        rest = "docker.io/" + rest.removeprefix("index.docker.io/")
    return ImageRef(rest, tag or ("" if digest else "latest"), digest)
