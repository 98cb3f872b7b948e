"""Edits of an instruction's flags."""

from __future__ import annotations

import re

from ..analyzer.dockerfile.syntax import Dockerfile, Flag, Instruction
from ..analyzer.source import Edit, Span

_OLD = re.compile(r"docker/dockerfile(?:-upstream)?:1\.(\d+)(?:\.\d+)?(?:-[\w.]+)?(?:@sha256:[0-9a-f]+)?")


def add_flags(dockerfile: Dockerfile, instruction: Instruction, flags: tuple[str, ...]) -> Edit:
    """The edit that gives an instruction flags before those it has; several stand in rows of their own."""
    source = dockerfile.source
    at = instruction.span.start + len(instruction.keyword)
    if len(flags) == 1:
        return Edit(Span(at, at), f" {flags[0]}")
    rows = f" {dockerfile.escape}{source.newline}    ".join(flags)
    alone = re.match(r"[ \t]*[^ \t\r\n\\`]", source.text[at : instruction.span.end])
    end = f" {dockerfile.escape}{source.newline}   " if alone is not None else ""
    return Edit(Span(at, at), f" {rows}{end}")


def remove_flag(dockerfile: Dockerfile, flag: Flag) -> Edit:
    """The edit that takes a flag out, and the blanks behind it; its row too, where it stands alone in one."""
    text = dockerfile.source.text
    row = text.rfind("\n", 0, flag.span.start) + 1
    alone = not text[row : flag.span.start].strip()
    rest = re.compile(rf"[ \t]*{re.escape(dockerfile.escape)}[ \t]*\r?\n" if alone else r"[ \t]*")
    found = rest.match(text, flag.span.end)
    if alone and found is not None:
        return Edit(Span(row, found.end()), "")
    blanks = re.compile(r"[ \t]*").match(text, flag.span.end)
    assert blanks is not None
    return Edit(Span(flag.span.start, blanks.end()), "")


def reads(dockerfile: Dockerfile, minor: int) -> bool:
    """Whether the frontend that a file asks for knows what came with the syntax 1.`minor`.

    Without a `syntax` directive it is the engine's own; of another frontend than Docker's, nothing is known.
    """
    asked = next((one.value for one in dockerfile.directives if one.name == "syntax"), None)
    if asked is None:
        return True
    name = asked.partition(" ")[0].removeprefix("docker.io/")
    if name.partition("@")[0] in ("docker/dockerfile:1", "docker/dockerfile", "docker/dockerfile:latest"):
        return True
    if re.fullmatch(r"docker/dockerfile:1(?:-labs)?(?:@sha256:[0-9a-f]+)?", name) is not None:
        return True
    version = _OLD.fullmatch(name)
    return version is not None and int(version[1]) >= minor


def surely_copies_parents(dockerfile: Dockerfile) -> bool:
    """Whether the frontend that a file asks for surely knows `COPY --parents`.

    It came with the syntax 1.7-labs, and with 1.20 for all. `docker/dockerfile:1` may be older where it comes from a
    mirror, and so may the engine's own frontend.
    """
    asked = next((one.value for one in dockerfile.directives if one.name == "syntax"), "")
    name = asked.partition(" ")[0].removeprefix("docker.io/")
    if name == "docker/dockerfile:1-labs":
        return True
    version = _OLD.fullmatch(name)
    return version is not None and int(version[1]) >= (7 if re.search(r":[\d.]+-labs", name) else 20)
