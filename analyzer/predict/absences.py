"""Sources of copies that are not there: the build will fail, whatever its cache holds."""

from __future__ import annotations

from ..context import ignored, matches
from ..graph import ContextOrigin, CopyOp
from ..state import Build
from .report import Note


def absent(build: Build) -> list[Note]:
    """A note for each source that the context does not have; patterns may match nothing."""
    notes: list[Note] = []
    for step in build.graph.steps:
        for source in step.op.sources if step.used and isinstance(step.op, CopyOp) else ():
            if not isinstance(source.origin, ContextOrigin) or source.selection.wildcard:
                continue
            context = build.contexts.get(source.origin.name)
            if context is None or matches(context, source.selection):
                continue
            hidden = ignored(context, source.selection)
            why = "is hidden by .dockerignore" if hidden else f"is not in {context.tree.label}"
            path = source.path.removeprefix("/")
            notes.append(Note(f"`{path}` {why}: the build fails at {step.instruction.keyword}", source.span.start))
    return notes
