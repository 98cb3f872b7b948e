"""Edits inside the body of a RUN, by the words of its commands: only where a word stands in the file as it is read."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.shell import Command, Opaque, ShellWord
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts
from ..rules.rule import Diagnostic
from .blocks import instruction_at

# Behind these nothing more of a script is run.
_ENDING = frozenset({"exit", "exec", "return"})


def run_of(found: Diagnostic, see: Facts) -> Instruction | None:
    """The RUN in shell form that a finding is in, None for other instructions and for what stands behind ONBUILD."""
    run = instruction_at(see.dockerfile, found.primary)
    return run if run is not None and isinstance(run.body, Run) and run.body.argv is None else None


def command_of(found: Diagnostic, see: Facts) -> Command | None:
    """The command that a finding is about, in full or by its program; None where it does not stand in the file so."""
    run = run_of(found, see)
    read = see.commands(run) if run is not None else ()
    for command in () if isinstance(read, Opaque) else read:
        if command.words and found.primary in (command.span, command.words[0].span) and is_exact(command.words[0], see):
            return command
    return None


def is_exact(word: ShellWord, see: Facts) -> bool:
    """Whether a word stands in the file as it is read: on one line, without quotes, in no nested script."""
    return word.fixed and see.source[word.span.start : word.span.end] == word.text


def behind(word: ShellWord | None, text: str, see: Facts) -> tuple[Edit, ...]:
    """The edit that puts a word behind another one; none where that one does not stand in the file so."""
    if word is None or not is_exact(word, see):
        return ()
    return (Edit(Span(word.span.end, word.span.end), f" {text}"),)


def verb_of(command: Command, *verbs: str) -> ShellWord | None:
    """The first word of a command that is one of the verbs."""
    return next((word for word in command.words[1:] if word.text in verbs), None)


def at_end(run: Instruction, text: str, see: Facts) -> tuple[Edit, ...]:
    """The edit that runs one more command at the end of a RUN, if all went well; none where its end is not plain.

    A RUN of several lines gets one more, indented as the last one that begins with `&&`, else as the last one.
    """
    read = see.commands(run)
    if isinstance(read, Opaque) or not read or not isinstance(run.body, Run) or run.body.argv is not None:
        return ()
    span = run.body.command.span
    last = max(read, key=lambda one: one.span.end)
    if run.heredocs or last.span.end != span.end or last.background:
        return ()
    if last.program in _ENDING or any(word.text in _ENDING for one in read for word in one.wrappers):
        return ()
    end = Span(span.end, span.end)
    rows = see.source[span.start : span.end].split("\n")[1:]
    if not rows:
        return (Edit(end, f" && {text}"),)
    chained = [row for row in rows if row.lstrip().startswith("&&")]
    row = (chained or rows)[-1]
    indent = row[: len(row) - len(row.lstrip())] or "    "
    return (Edit(end, f" {see.dockerfile.escape}{see.dockerfile.source.newline}{indent}&& {text}"),)


def as_root(command: Command) -> str | None:
    """What a command like this one has to begin with for the same rights: "sudo " or nothing; None where unsure."""
    if -1 in command.subshell or command.function:
        return None
    wrappers = [word.text for word in command.wrappers if not word.text.startswith("-")]
    if not wrappers or wrappers == ["env"]:
        return ""
    return "sudo " if wrappers[0] == "sudo" and not {"-u", "-g"} & {word.text for word in command.wrappers} else None
