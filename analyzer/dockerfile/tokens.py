"""The text of a Dockerfile as adjacent, covering tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..named_tuple import NamedTuple
from ..source import Span
from .lines import SPACES, Line, Rows, continued, is_silent, join, rows_of
from .syntax import Arg, Body, Copy, Dockerfile, Env, From, Instruction, Onbuild, Other, Run, Shell, User, Workdir
from .words import keyword_end, past_spaces

DIRECTIVE = "directive"
COMMENT = "comment"
BLANK = "blank"
KEYWORD = "keyword"
FLAG = "flag"
ARGUMENT = "argument"
SPACE = "space"
CONTINUATION = "continuation"
HEREDOC = "heredoc"
TERMINATOR = "terminator"
NEWLINE = "newline"


class Token(NamedTuple):
    """A piece of the text: a kind of this module's constants, its span, and its text.

    A word that continues over rows is several tokens; `continuation` is the escape character with the rest of
    its row; rows that are comments or blank inside an instruction are `comment` and `blank`.
    """

    kind: str
    span: Span
    text: str


class _Mark(NamedTuple):
    start: int
    end: int
    kind: str


_RUNS = re.compile(f"[{SPACES}]+|[^{SPACES}]+")


def tokens(dockerfile: Dockerfile) -> Iterator[Token]:
    """The tokens of a file in order; joined, their texts are the file's text."""
    text = dockerfile.source.text
    rows = rows_of(text)
    count = len(rows.texts)
    directives = {directive.span.start for directive in dockerfile.directives}
    at = 0
    for instruction in _all(dockerfile):
        while rows.starts[at] + len(rows.texts[at]) < instruction.span.start:
            yield from _silent_row(rows, at, text, directives)
            at += 1
        first = at
        limit = instruction.heredocs[0].span.start if instruction.heredocs else instruction.span.end + 1
        while at < count and rows.starts[at] < limit:
            at += 1
        yield from _instruction_rows(rows, first, at - 1, text, instruction, dockerfile.escape)
        for heredoc in instruction.heredocs:
            yield from _piece(HEREDOC, heredoc.span.start, heredoc.span.end, text)
            while at < count and rows.starts[at] < heredoc.span.end:
                at += 1
            if at < count:
                yield from _ended(rows, at, text, TERMINATOR, rows.starts[at])
                at += 1
    for number in range(at, count):
        yield from _silent_row(rows, number, text, directives)


def _all(dockerfile: Dockerfile) -> Iterator[Instruction]:
    yield from dockerfile.preamble
    for stage in dockerfile.stages:
        yield from stage.instructions


def _piece(kind: str, start: int, end: int, text: str) -> Iterator[Token]:
    if end > start:
        yield Token(kind, Span(start, end), text[start:end])


def _ended(rows: Rows, number: int, text: str, kind: str, start: int) -> Iterator[Token]:
    # The rest of a row as one token, and its line ending as another.
    row = rows.texts[number]
    stop = max(start, rows.starts[number] + len(row.rstrip("\r")))
    yield from _piece(kind, start, stop, text)
    yield from _piece(NEWLINE, stop, min(rows.starts[number] + len(row) + 1, len(text)), text)


def _silent_row(rows: Rows, number: int, text: str, directives: set[int]) -> Iterator[Token]:
    row, start = rows.texts[number], rows.starts[number]
    stripped = row.lstrip(SPACES)
    if not stripped:
        yield from _piece(BLANK, start, min(start + len(row) + 1, len(text)), text)
        return
    begin = start + len(row) - len(stripped)
    yield from _piece(SPACE, start, begin, text)
    yield from _ended(rows, number, text, DIRECTIVE if begin in directives else COMMENT, begin)


def _instruction_rows(
    rows: Rows, first: int, last: int, text: str, instruction: Instruction, escape: str
) -> Iterator[Token]:
    marks = _marks(instruction, join(rows, first, last, escape))
    next_mark = 0
    for number in range(first, last + 1):
        row, at = rows.texts[number], rows.starts[number]
        if number > first and is_silent(row):
            yield from _silent_row(rows, number, text, set())
            continue
        cut = continued(row, escape)
        end = at + (len(row.rstrip("\r")) if cut < 0 else cut)
        while at < end:
            while next_mark < len(marks) and marks[next_mark].end <= at:
                next_mark += 1
            mark = marks[next_mark] if next_mark < len(marks) else _Mark(end, end, SPACE)
            if mark.start <= at:
                stop = min(end, mark.end)
                yield from _piece(mark.kind, at, stop, text)
            else:
                stop = min(end, mark.start)
                for run in _RUNS.finditer(text, at, stop):
                    kind = SPACE if run[0][0] in SPACES else ARGUMENT
                    yield Token(kind, Span(run.start(), run.end()), run[0])
            at = stop
        stop = min(rows.starts[number] + len(row) + 1, len(text))
        yield from _piece(NEWLINE if cut < 0 else CONTINUATION, at, stop, text)


def _marks(instruction: Instruction, line: Line) -> list[_Mark]:
    start = past_spaces(line.text, 0)
    marks = [_keyword(line, start)]
    body = instruction.body
    flags = instruction.flags
    if isinstance(body, Onbuild):
        marks.append(_keyword(line, line.logical(body.trigger.span.start)))
        flags += body.trigger.flags
        body = body.trigger.body
    marks += [_Mark(*flag.span, FLAG) for flag in flags]
    marks += [_Mark(*span, ARGUMENT) for span in _word_spans(body)]
    return sorted(mark for mark in marks if mark.end > mark.start)


def _keyword(line: Line, start: int) -> _Mark:
    return _Mark(*line.span(start, keyword_end(line.text, start)), KEYWORD)


def _word_spans(body: Body) -> Iterator[Span]:
    match body:
        case From(image, name, _):
            yield image.span
            if name is not None:
                yield name.span
        case Run():
            yield body.command.span
        case Copy():
            for word in body.sources:
                yield word.span
            yield body.dest.span
        case Arg() | Env():
            for pair in body.pairs:
                yield pair.span
        case Workdir():
            yield body.path.span
        case User():
            yield body.user.span
        case Other():
            for word in body.words:
                yield word.span
            for pair in body.pairs:
                yield pair.span
        case Shell() | Onbuild():
            return
