"""What a stage runs on, where the name of its base image says so: the distribution and suite, and a language.

The tables hold images whose packages come from their distribution's own archive, and from nowhere else.
"""

from __future__ import annotations

import re

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.graph.images import image_ref, is_image_ref
from .facts import Facts
from .moving import before

_DEBIAN = {"10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie", "14": "forky"}
_UBUNTU = {
    "14.04": "trusty", "16.04": "xenial", "18.04": "bionic", "20.04": "focal", "22.04": "jammy", "23.10": "mantic",
    "24.04": "noble", "24.10": "oracular", "25.04": "plucky", "25.10": "questing", "26.04": "resolute",
}  # fmt: skip
# Official images that are made from Debian, Ubuntu or Alpine, say in their tags of which suite, and add no source.
_MADE = frozenset(
    """
    buildpack-deps elixir erlang gcc golang haproxy haskell httpd julia memcached node openjdk perl php pypy python
    redis ruby rust eclipse-temurin
    """.split()
)
OF_ONE_DISTRIBUTION = _MADE - {"buildpack-deps"} | {"alpine", "debian", "ubuntu"}
"""Official images in which apt has the packages of one and the same distribution, and apk those of Alpine, whatever
their tag is."""
_LANGUAGES = {"python": "python", "ruby": "ruby", "rust": "rust"}
# What makes another source of packages known to apt or apk, or the choice among them another.
_SOURCES = re.compile(
    r"sources\.list|/etc/apt/(?!apt\.conf)|/etc/apk/repositories|add-apt-repository|apt-add-repository|preferences\.d"
    r"|extrepo|/setup_\w+\.x\b|\bdpkg\s+(?:-i|--install|--add-architecture)|\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:ba)?sh\b"
    r"|snapshot|[dD]efault-[rR]elease"
)
_OTHER_LANGUAGE = {
    "python": re.compile(r"pyenv|conda|mamba|deadsnakes|uv\s+python|uv\s+venv|UV_PYTHON|python3?\.\d+\s+-m\s+venv"),
    "ruby": re.compile(r"rbenv|rvm\b|ruby-build|ruby-install|chruby"),
    "rust": re.compile(r"rustup|rust-toolchain|cargo \+"),
}


def system_of(instruction: Instruction, see: Facts) -> str | None:
    """The distribution and suite that an instruction runs on, `debian/bookworm`; None where nothing tells."""
    image = _image(instruction, see)
    found = None if image is None else _system(*image)
    return found or see.pins.environments.get("system")


def language_of(language: str, instruction: Instruction, see: Facts) -> str | None:
    """The version of python, ruby or rust that an instruction runs with, `3.12`; None where nothing tells."""
    pattern = _OTHER_LANGUAGE[language]
    if any(pattern.search(one.text) for one in (*before(instruction, see), instruction)):
        return None
    image = _image(instruction, see)
    if image is not None and _LANGUAGES.get(image[0]) == language:
        version = re.match(r"(\d+\.\d+(?:\.\d+)?)(?:-|$)", image[1])
        if version is not None:
            return version[1]
    return see.pins.environments.get(language)


def added_source(instruction: Instruction, see: Facts) -> Instruction | None:
    """The first instruction up to this one that may add a source of packages, or pins some, None where none does."""
    return next((one for one in (*before(instruction, see), instruction) if _SOURCES.search(_text(one))), None)


def _text(instruction: Instruction) -> str:
    return "\n".join((instruction.text, *(heredoc.content for heredoc in instruction.heredocs)))


def _image(instruction: Instruction, see: Facts) -> tuple[str, str] | None:
    """The name and the tag of the official image that the stage of an instruction stands on; None for others."""
    bases = see.bases
    image = bases.stages[bases.lineage(instruction.stage)[0]].image
    if not image.text or image.unmatched or not is_image_ref(image.text):
        return None
    name, tag, _ = image_ref(image.text)
    path, _, short = name.rpartition("/")
    return (short, tag) if path == "docker.io/library" or path.endswith("/library") else None


def _system(name: str, tag: str) -> str | None:
    if name == "debian":
        first = re.match(r"[a-z]+|\d+", tag)
        suite = None if first is None else _DEBIAN.get(first[0], first[0])
        return f"debian/{suite}" if suite in _DEBIAN.values() or suite == "sid" else None
    if name == "ubuntu":
        first = re.match(r"[a-z]+(?=-|$)|\d\d\.\d\d(?=-|$)", tag)
        suite = None if first is None else _UBUNTU.get(first[0], first[0])
        return f"ubuntu/{suite}" if suite in _UBUNTU.values() else None
    if name == "alpine":
        branch = re.match(r"(\d+\.\d+)(?:\.\d+)?$", tag)
        return f"alpine/v{branch[1]}" if branch is not None else "alpine/edge" if tag == "edge" else None
    return _of_tag(tag) if name in _MADE else None


def _of_tag(tag: str) -> str | None:
    """The suite that the tag of an image names which is made from a distribution: `3.12-slim-bookworm`."""
    parts = tag.split("-")
    for part in parts:
        if part in _DEBIAN.values():
            return f"debian/{part}"
        if part in _UBUNTU.values():
            return f"ubuntu/{part}"
        if re.fullmatch(r"alpine\d+\.\d+", part):
            return f"alpine/v{part.removeprefix('alpine')}"
    return None
