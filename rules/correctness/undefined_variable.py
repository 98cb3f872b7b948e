"""An instruction uses a variable that nothing defines.

## What it finds

Variables that neither an ARG nor an ENV defines before their use, in stages that begin on `scratch`. Any other base
image may define them, and dcache asks no registry: there it says nothing.

## Why it costs

The engine puts an empty text in its place: `COPY app $DEST` copies to where nobody looks.

## When to allow it

Where empty is meant: `${NAME:-}` is reported as well, since the engine does; declare it with `ARG NAME`.

## References

- https://docs.docker.com/reference/build-checks/undefined-var/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: reportUnmatchedVariables
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Copy, Env, Instruction, Other, Stage, User, Word, Workdir
from ..bases import Misspelt, expanded, nearest
from ..environments import scope_at
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a variable is used and never defined", "warning", ("UndefinedVar",), words=("$",))

BAD = (
    Example("FROM scratch\nARG DEST=/app\nCOPY app «$DST»\n"),
    Example("FROM scratch AS base\nFROM base\nWORKDIR «/${APP}»\n"),
)
GOOD = (
    Example("FROM scratch\nARG DEST\nCOPY app $DEST/app\n"),
    Example("FROM scratch\nENV PATH=$PATH:/app\n"),
    Example("FROM alpine\nCOPY app $DEST\n"),
    Example("FROM scratch\nCOPY app '$DEST'\n"),
    Example('FROM scratch\nCMD ["$DEST"]\n'),
)

_EXPANDED = frozenset({"LABEL", "VOLUME", "STOPSIGNAL"})


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    if not see.bases.from_scratch(stage.index):
        return
    for instruction in stage.instructions[1:]:
        words = [word for word in _words(instruction) if "$" in word.text]
        if not words:
            continue
        scope = scope_at(instruction, see)
        for word in words:
            for name in sorted(expanded(word.text, scope.values, see.dockerfile.escape).unmatched - scope.declared):
                near = nearest(name, scope.values.keys() | scope.declared)
                yield Diagnostic(
                    word.span,
                    f"`{name}` is defined nowhere before its use",
                    "the engine puts an empty text in its place",
                    f"did you mean `{near}`?" if near else f"declare it with `ARG {name}`",
                    evidence=Misspelt(name, near) if near else None,
                )


def _words(instruction: Instruction) -> tuple[Word, ...]:
    body = instruction.body
    if isinstance(body, Workdir):
        return (body.path,)
    if isinstance(body, User):
        return (body.user,)
    if isinstance(body, Copy):
        flags = (body.chown, body.chmod, body.checksum)
        given = tuple(Word(one, instruction.span) for one in flags if one)
        return (*given, *(word for word in body.sources if not word.text.startswith("<<")), body.dest)
    if isinstance(body, Env | Arg):
        return tuple(Word(text, pair.span) for pair in body.pairs for text in (pair.key, pair.value) if text)
    if isinstance(body, Other) and instruction.keyword in _EXPANDED:
        pairs = tuple(Word(text, pair.span) for pair in body.pairs for text in (pair.key, pair.value) if text)
        return (*pairs, *body.words)
    return ()
