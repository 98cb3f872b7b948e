"""The comment above a stage or an argument does not describe it.

## What it finds

A comment directly above a named FROM or an ARG whose last line does not begin with the name, in files that ask for the
check with `# check=experimental=InvalidDefinitionDescription` (or `=all`), or everywhere with the option `always`.

## Why it costs

`docker build --call=outline` shows such comments as the description of the stage or argument: this one is lost.

## When to allow it

Where the comment is not meant as a description; a blank comment line between it and the instruction says so.

## References

- https://docs.docker.com/reference/build-checks/invalid-definition-description/
- BuildKit v0.32, frontend/dockerfile/instructions/parse.go: validateDefinitionDescription
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Dockerfile, From, Instruction
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.source import Span
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("the comment above a definition does not describe it", "info", ("InvalidDefinitionDescription",))


class Options(NamedTuple):
    """`always` checks files that do not ask for it, too."""

    always: bool = False


_ASKS = "# check=experimental=all\n"

BAD = (Example(_ASKS + "# all that is needed to build\n«FROM alpine AS builder»\n"),)
GOOD = (
    Example(_ASKS + "# builder has all that is needed to build\nFROM alpine AS builder\n"),
    Example(_ASKS + "# all that is needed to build\n\nFROM alpine AS builder\n"),
    Example(_ASKS + "# all that is needed to build\nFROM alpine\n"),
    Example(_ASKS + "# all that is needed to build\n#\nFROM alpine AS builder\n"),
    Example("# all that is needed to build\nFROM alpine AS builder\n"),
)


def check(dockerfile: Dockerfile, see: Facts, options: Options) -> Iterator[Diagnostic]:
    if not options.always and not any(_asks(one.value) for one in dockerfile.directives if one.name == "check"):
        return
    heads = {one.span.start for one in dockerfile.directives}
    for one in (*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)):
        names = _defined(one)
        comment = _above(see.source, one.span.start) if names else None
        if comment is None or comment.start in heads:
            continue
        text = see.source[comment.start : comment.end]
        if text.lstrip("#").strip() and text.lstrip("#").strip().split(" ")[0] not in names:
            yield Diagnostic(
                one.span,
                f"the comment above does not begin with `{names[0]}`",
                "it is not shown as a description",
                f"write `# {names[0]} …`, or an empty comment line below it",
                (Related(comment, "the comment"),),
            )


def _asks(check: str) -> bool:
    for part in check.split(";"):
        key, _, value = part.partition("=")
        if key.strip() == "experimental":
            return not {"all", "InvalidDefinitionDescription"}.isdisjoint(name.strip() for name in value.split(","))
    return False


def _defined(instruction: Instruction) -> tuple[str, ...]:
    body = instruction.body
    if isinstance(body, Arg):
        return tuple(pair.key for pair in body.pairs)
    return (body.name.text.lower(),) if isinstance(body, From) and body.name is not None else ()


def _above(source: str, start: int) -> Span | None:
    """The comment in the line above an offset."""
    end = source.rfind("\n", 0, start)
    begin = source.rfind("\n", 0, max(end, 0)) + 1
    row = source[begin:end].strip() if end > 0 else ""
    if not row.startswith("#"):
        return None
    at = source.index(row, begin)
    return Span(at, at + len(row))
