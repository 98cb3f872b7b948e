"""Adds `--no-cache-dir` to all installs of the RUN. Not safe: the image lacks the files of the cache."""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.shell import CACHES
from ...analyzer.source import Edit
from ...rules.facts import Facts
from ...rules.pip import pip_calls
from ...rules.rule import Diagnostic, Fix
from ..runs import behind, command_of, run_of, verb_of


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The installs with the option behind their verb."""
    run = run_of(found, see)
    edits: list[Edit] = []
    first = command_of(found, see)
    if run is None or first is None:
        return
    for command in pip_calls(run, see):
        words = [word.text for word in (*command.wrappers, *command.words)]
        if CACHES["pip"].off.isdisjoint(words) and "uv" not in words:
            edits += behind(verb_of(command, "install"), "--no-cache-dir", see)
    if any(first.span.start < edit.span.start <= first.span.end for edit in edits):
        assumes = "nothing in the image uses the cache"
        yield Fix("add `--no-cache-dir`", False, {see.path: tuple(edits)}, assumes=assumes, waits_for=run.span)
