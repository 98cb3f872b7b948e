"""The ignore file hides what a COPY or ADD names.

## What it finds

A source that `.dockerignore` excludes, so that the engine does not get it. As BuildKit's check CopyIgnoredFile, by the
text of the patterns where the file has no exceptions; where it has some, by what lies in the context.

## Why it costs

A source that is named fails the build: `not found`. A pattern that finds nothing is copied as nothing where another
source remains, and no cache tells the difference.

## When to allow it

Never. BuildKit is silent where the ignore file has a line with `!`; here the context is asked then.

## References

- https://docs.docker.com/reference/build-checks/copy-ignored-file/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateCopySourcePath
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError, ignored, selection
from ...analyzer.context.match import clean
from ...analyzer.dockerfile.syntax import Copy, Instruction
from ...analyzer.graph import ContextOrigin, CopyOp, CopySource
from ..facts import BuildContext, Facts
from ..moving import resolved
from ..reach import step_of
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "the source of a copy is ignored", "warning", aliases=("CopyIgnoredFile", "buildkit/CopyIgnoredFile"), on=(Copy,)
)

BAD = (
    Example("FROM alpine\nCOPY «dist» /d\n", {"dist/a.js": "", ".dockerignore": "dist\n"}),
    Example("FROM alpine\nADD a «b.log» /d/\n", {"a": "", ".dockerignore": "*.log\n"}),
    Example("FROM alpine\nCOPY «.» /d\n", {"a": "", ".dockerignore": "*\n"}),
    Example("FROM alpine\nCOPY «dist/a.js» /d\n", {"dist/a.js": "", ".dockerignore": "dist\n!dist/b.js\n"}),
)
GOOD = (
    Example("FROM alpine\nCOPY dist /d\n", {"dist/a.js": "", ".dockerignore": "*.js\n"}),
    Example("FROM alpine\nCOPY . /d\n", {"a": "", ".dockerignore": ".*\n"}),
    Example("FROM alpine\nCOPY dist/a.js /d\n", {"dist/a.js": "", ".dockerignore": "dist\n!dist/a.js\n"}),
    Example("FROM alpine AS x\nFROM alpine\nCOPY --from=x /dist /d\n", {".dockerignore": "dist\n"}),
    Example("FROM alpine\nADD https://example.com/dist /d\n", {".dockerignore": "**/dist\n"}),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Copy) or body.from_ is not None or see.is_trigger(instruction):
        return
    if see.context is None or not see.context.context.ignore.patterns:
        return
    step = step_of(instruction, see)
    op = step.op if step is not None else None
    local = {one.span: one for one in op.sources} if isinstance(op, CopyOp) else {}
    for word in body.sources:
        source = local.get(word.span)
        if source is not None and (not isinstance(source.origin, ContextOrigin) or source.origin.name):
            continue
        text = resolved(word.text, instruction, see)
        if "$" in text or text.startswith("<<") or "://" in text:
            continue
        if _is_hidden(text, source, see.context):
            yield Diagnostic(
                primary=word.span,
                message=f"`{word.text}` is excluded by `{see.context.ignore_file}`",
                cost="the build stops here, since the engine never gets it",
                cure="take the pattern out of the ignore file, or re-include it there with a line that begins with `!`",
            )


def _is_hidden(text: str, source: CopySource | None, context: BuildContext) -> bool:
    ignore = context.context.ignore
    if any(pattern.startswith("!") for pattern in ignore.patterns):
        try:
            return ignored(context.context, source.selection if source is not None else selection(text))
        except ContextError:
            return False
    path = clean(text)
    if path in (".", "/"):
        return any(pattern in ("*", "**", "**/*") for pattern in ignore.patterns)
    return ignore.excluded(path.lstrip("/"))
