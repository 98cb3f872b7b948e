"""Bad input in one clear line, a code frame below it where a text is to blame."""

from __future__ import annotations

from ..analyzer.context.tree import ContextError
from ..analyzer.files import InputError
from ..analyzer.graph import BuildError
from ..analyzer.source import SourceFile
from ..config import ConfigError
from ..reports.position import Lines, code_frame
from ..rules.run import FileReport


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


def complain(file: FileReport, told: set[str]) -> None:
    """Say on standard error what went wrong with a file; `told` is what was said before, as of a lock of several."""
    from .output import echo_lines

    if file.failure is not None and file.failure not in told:
        echo_lines([f"dcache: {file.failure}"], err=True)
        told.add(file.failure)
    if file.unsaid is not None and file.source is not None:
        echo_lines(frame(file.source, file.unsaid).splitlines(), err=True)
    for crash in file.crashes:
        trace = crash.trace.rstrip("\n").split("\n")
        fault = f"dcache: {file.path}: the rule {crash.rule} failed; this is a fault of dcache, please report it"
        echo_lines([*trace, fault], err=True)
