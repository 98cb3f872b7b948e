"""Edits that take a word or a command out of a RUN, where what is left does the same as before without it."""

from __future__ import annotations

import re

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.shell import Command, Opaque, ShellWord, switches
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts

_OPERATOR = re.compile(r"&&|;|\n")


def without_word(word: ShellWord, command: Command, see: Facts) -> Edit | None:
    """The edit that takes a word out with the blanks before it; None where it does not stand in the file as it is."""
    text = see.source
    before = max((one.span.end for one in command.words if one.span.end <= word.span.start), default=None)
    if text[word.span.start : word.span.end].strip("\"'") != word.text or before is None:
        return None
    between = text[before : word.span.start]
    gap = re.escape(see.dockerfile.escape)
    return (
        None
        if re.fullmatch(rf"(?:[ \t]|{gap}[ \t]*\r?\n)+", between) is None
        else Edit(Span(before, word.span.end), "")
    )


def without_command(run: Instruction, command: Command, see: Facts) -> Edit | None:
    """The edit that takes a command out of a chain; None where it is no plain part of one, or all of it.

    A command behind `;` that is the last one stays: it decides whether the RUN fails, but for one under `set -e`.
    """
    read, body = see.commands(run), run.body
    if isinstance(read, Opaque) or not isinstance(body, Run) or body.argv is not None or not _is_plain(command):
        return None
    span = run.heredocs[0].span if body.command.text.startswith("<<") else body.command.span
    if len(run.heredocs) > 1 or not span.start <= command.span.start < command.span.end <= span.end:
        return None
    start = max((one.span.end for one in read if one.span.end <= command.span.start), default=None)
    end = min((one.span.start for one in read if one.span.start >= command.span.end), default=None)
    before = "" if start is None else _operator(see.source[start : command.span.start], run, see)
    after = _operator(see.source[command.span.end : span.end if end is None else end], run, see)
    if before is None or after is None or (start is None and end is None):
        return None
    if start is None:
        blank = not see.source[span.start : command.span.start].strip()
        return Edit(Span(command.span.start, end or 0), "") if blank and after else None
    if end is None:
        alone = before != "&&" and not any(one.program == "set" and "-e" in switches(one) for one in read)
        return None if alone else Edit(Span(start, command.span.end), "")
    if before == ";" and after == "&&":
        clean = "#" not in see.source[command.span.end : end]
        return Edit(Span(command.span.start, end), "") if clean else None
    return Edit(Span(start, command.span.end), "") if before and after else None


def _is_plain(command: Command) -> bool:
    return (
        command.certain
        and not command.subshell
        and not command.pipeline
        and not command.nested
        and not command.background
        and not command.function
        and all(one.target.text.startswith("/dev/") or one.operator.endswith("&") for one in command.redirects)
    )


def _operator(between: str, run: Instruction, see: Facts) -> str | None:
    """The operator between two commands, `;` for a new line of a script, "" for none; None for anything else."""
    escape = "\\" if run.heredocs else see.dockerfile.escape
    text = ""
    for number, row in enumerate(between.split("\n")):
        if number and row.lstrip().startswith("#"):
            continue
        row = row.rstrip(" \t\r")
        text += row.removesuffix(escape) + ("\n" if run.heredocs and not row.endswith(escape) else " ")
    text = text[:-1]  # what is behind the last row is the command
    marks = _OPERATOR.findall(text)
    if _OPERATOR.sub("", text).strip():
        return None
    chained = [mark for mark in marks if mark != "\n"]
    if len(chained) > 1:
        return None
    return chained[0] if chained else ";" if marks else ""
