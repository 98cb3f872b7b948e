"""Bad input in one clear line, a code frame below it where a text is to blame."""

from __future__ import annotations

from ..analyzer.context.tree import ContextError
from ..analyzer.files import InputError
from ..analyzer.graph import BuildError
from ..analyzer.source import SourceFile
from ..config import ConfigError
from ..reports.position import Lines, code_frame


def bad_input(error: Exception) -> str | None:
    """What to tell the user, None where the error is not the user's."""
    if isinstance(error, BuildError):
        return f"dcache: {error.message}" if error.source is None else frame(error.source, error)
    if isinstance(error, InputError | ContextError | ConfigError):
        return f"dcache: {error}"
    return None


def frame(source: SourceFile, error: BuildError) -> str:
    """`file:line: message` and the line with a caret."""
    if error.span is None:
        return f"dcache: {source.path}: {error.message}"
    lines = Lines(source)
    return f"dcache: {source.path}:{lines.line(error.span.start)}: {error.message}\n{code_frame(lines, error.span)}"
