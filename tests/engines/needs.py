"""What the stub images must hold so that a real Dockerfile builds in the stub world."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dcache.analyzer.graph import BuildGraph, ContextOrigin, CopyOp, ImageOp, ImageOrigin, RunOp, Step, inputs

# A frontend image is not in the stub world, and a digest would ask for one exact image.
_SYNTAX = re.compile(r"\A((?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*)syntax(?=[ \t]*=)", re.IGNORECASE)
_DIGEST = re.compile(r"(?::([\w.-]+))?@sha256:([0-9a-f]{12})[0-9a-f]{52}")


class Needs(NamedTuple):
    """Images that are asked for, and what each must hold; a path that ends in a slash is a folder."""

    images: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __or__(self, other: Needs) -> Needs:
        return Needs(*(one | another for one, another in zip(self, other, strict=True)))


def stubbed(text: str) -> str:
    """The Dockerfile without its frontend, and with tags in place of digests: equal texts stay equal, others differ."""
    return _DIGEST.sub(lambda found: f":{found[1] or 'pinned'}-{found[2]}", _SYNTAX.sub(r"\1sintax", text))


def needs(graph: BuildGraph, context: Path) -> Needs:
    """What a build asks of its images; `context` tells files from folders where the build copies them around."""
    steps = [step for step in graph.steps if step.used]
    return Needs(
        frozenset(image for step in steps for image in _images(step)),
        frozenset(_placed(path, context) for step in steps for path in _taken(step)) - {"/"},
        frozenset(program for step in steps for program in _programs(step)),
        frozenset(name for step in steps for name in _names(step) if not name.isdecimal() and name != "root"),
    )


def _images(step: Step) -> Iterator[str]:
    images = [step.op.image] if isinstance(step.op, ImageOp) else []
    images += [origin.image for origin, _ in inputs(step) if isinstance(origin, ImageOrigin)]
    for image in images:
        yield stubbed(str(image._replace(name=image.familiar)))


def _taken(step: Step) -> Iterable[str]:
    if isinstance(step.op, CopyOp):
        return [source.path for source in step.op.sources if not isinstance(source.origin, ContextOrigin)]
    if isinstance(step.op, RunOp):
        mounts = [mount for mount in step.op.mounts if mount.origin and not isinstance(mount.origin, ContextOrigin)]
        return [f"/{mount.source}" for mount in mounts]
    return ()


def _placed(path: str, context: Path) -> str:
    """The path, with names for its wildcards, and a slash at its end where it is most likely a folder."""
    parts = re.sub(r"\[(.)[^]]*\]", r"\1", path).replace("*", "x").replace("?", "x").strip("/").split("/")
    named = "/" + "/".join(parts)
    for at in range(len(parts)):
        here = context.joinpath(*parts[at:])
        if here.exists():
            return f"{named}/" if here.is_dir() and parts != [""] else named
    last = parts[-1].lstrip(".")
    return named if ("." in last and not last.endswith(".d")) or named == "/" else f"{named}/"


def _programs(step: Step) -> Iterator[str]:
    if isinstance(step.op, RunOp):
        program = step.op.argv[0] if step.op.argv else ""
        if step.op.script is not None and step.op.script.content.startswith("#!"):
            yield step.op.script.content[2:].split()[0].lstrip("/")
        if program and not program.startswith(("/dev/pipes/", "/.stub/")):
            yield program.lstrip("/") if "/" in program else f"usr/local/bin/{program}"


def _names(step: Step) -> list[str]:
    owner = step.op.chown if isinstance(step.op, CopyOp) else ""
    return [name for text in (owner, step.scope.user or "") for name in text.split(":") if name]
