"""Text to Dockerfile, whatever the text."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple
from ..source import SourceFile, Span
from .bodies import KEYWORDS, Task, read_body
from .directives import read_head
from .expansion import ExpansionError
from .flags import flag_problems, read_flags
from .heredocs import bodies, openings
from .lines import SPACES, Line, Rows, join, rows_of
from .syntax import (
    Body,
    Copy,
    Dockerfile,
    From,
    Heredoc,
    Instruction,
    Onbuild,
    Other,
    Problem,
    Run,
    Silence,
    Stage,
    Word,
)
from .wording import suggested
from .words import at_blanks, keyword_end, past_spaces

LONGEST_ROW = 65_535
"""The most bytes of a row, without its line feed, that the engine reads (Go's bufio.MaxScanTokenSize)."""

_SILENCE = re.compile(
    r"#[ \t]*(?:dcache\b|check[ \t]*=|no(?:sem|lint|sec|qa)\w*\b|(?:hadolint|shellcheck)[ \t]+shell[ \t]*="
    r"|[A-Za-z][\w-]{0,40}[ \t:]+(?:global[ \t]+)?(?:allow|disable|exclude|ignore|off|silence|skip|suppress)[\w-]*\b)"
)


class _Read(NamedTuple):
    instruction: Instruction
    last: int


def parse(source: SourceFile) -> Dockerfile:
    """The Dockerfile that a text is; never raises: what the engine would refuse is listed in `problems`."""
    from .rows import blocks  # dockerfile-parse takes longer to import than this package

    rows = rows_of(source.text)
    head = read_head(rows)
    problems = list(head.problems)
    read: list[_Read] = []
    at = 0
    while at < len(rows.texts):
        found, at = blocks(rows, at, head.escape)
        for block in found:
            one = _read(source.text, rows, block.first, block.last, head.escape, problems)
            read.append(one)
            if one.last != block.last:
                at = one.last + 1
                break
    instructions = [one.instruction for one in read]
    preamble, stages = _staged(instructions, problems)
    problems += _long_rows(rows)
    if not instructions:
        problems.append(Problem(Span(0, len(source.text)), "file with no instructions"))
    elif not stages and not problems:
        problems.append(Problem(instructions[0].span, "dockerfile contains no stages to build"))
    problems.sort()
    silences = _silences(rows, instructions, len(head.directives)) if "#" in source.text else ()
    return Dockerfile(source, head.directives, preamble, stages, silences, tuple(problems), head.escape)


def _read(text: str, rows: Rows, first: int, last: int, escape: str, problems: list[Problem]) -> _Read:
    line = join(rows, first, last, escape)
    start = past_spaces(line.text, 0)
    row = rows.texts[first]
    begin = rows.starts[first] + len(row) - len(row.lstrip(SPACES))
    span = Span(begin, max(begin, rows.starts[last] + len(rows.texts[last].rstrip(SPACES))))
    instruction = _instruction(line, start, span, escape, problems, False)
    if "<<" not in line.text or not _can_open(instruction.body):
        return _Read(instruction, last)
    try:
        opened = openings(line.text + line.tail)
    except ExpansionError as error:
        problems.append(Problem(span, str(error)))
        return _Read(instruction, last)
    if not opened:
        return _Read(instruction, last)
    found = bodies(text, rows, last, opened)
    end = rows.starts[found.last] + len(rows.texts[found.last].rstrip("\r"))
    if not found.terminated:
        problems.append(Problem(span, "unterminated heredoc"))
        end = max(span.end, found.heredocs[-1].span.end)
    return _Read(_with_heredocs(instruction, found.heredocs, end), found.last)


def _can_open(body: Body) -> bool:
    match body:
        case Onbuild(trigger):
            return not isinstance(trigger.body, Onbuild) and _can_open(trigger.body)
        case Run():
            return body.argv is None
        case Copy():
            return not body.json
        case _:
            return False


def _with_heredocs(instruction: Instruction, heredocs: tuple[Heredoc, ...], end: int) -> Instruction:
    span = Span(instruction.span.start, end)
    if isinstance(instruction.body, Onbuild):
        trigger = _with_heredocs(instruction.body.trigger, heredocs, end)
        instruction = instruction._replace(body=Onbuild(trigger))
    return instruction._replace(span=span, heredocs=heredocs)


def _instruction(
    line: Line, start: int, span: Span, escape: str, problems: list[Problem], triggered: bool
) -> Instruction:
    text = line.text
    end = keyword_end(text, start)
    written = text[start:end]
    keyword = written.upper()
    flags, at = read_flags(line, end, escape)
    at = past_spaces(text, at)
    if keyword not in KEYWORDS:
        message = suggested(f"unknown instruction: {written}", written, KEYWORDS, False)
        problems.append(Problem(line.span(start, end), message))
    elif keyword != "HEALTHCHECK" or text[at : at + 4].upper() != "NONE":
        problems += flag_problems(keyword, flags)
    body: Body = (
        _onbuild(line, at, span, escape, problems, triggered)
        if keyword == "ONBUILD"
        else read_body(Task(keyword, line, at, span, flags, escape, problems))
    )
    return Instruction(keyword, span, flags, body, (), keyword + text[end:], -1, 0)


def _onbuild(line: Line, at: int, span: Span, escape: str, problems: list[Problem], triggered: bool) -> Onbuild | Other:
    if at == len(line.text):
        problems.append(Problem(span, "ONBUILD requires at least one argument"))
        return Other((), None, ())
    if triggered:
        problems.append(Problem(span, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"))
        words = at_blanks(line.text, at)
        return Other(tuple(Word(part.text, line.span(part.start, part.end)) for part in words), None, ())
    inner = Span(line.offset(at), span.end)
    trigger = _instruction(line, at, inner, escape, problems, True)
    if trigger.keyword in ("MAINTAINER", "FROM"):
        problems.append(Problem(inner, f"{trigger.keyword} isn't allowed as an ONBUILD trigger"))
    return Onbuild(trigger)


def _staged(
    instructions: list[Instruction], problems: list[Problem]
) -> tuple[tuple[Instruction, ...], tuple[Stage, ...]]:
    groups: list[list[Instruction]] = [[]]
    for instruction in instructions:
        if isinstance(instruction.body, From):
            groups.append([])
        stage = len(groups) - 2
        if stage < 0 and instruction.keyword in KEYWORDS and instruction.keyword != "ARG":
            problems.append(Problem(instruction.span, "no build stage in current context"))
        groups[-1].append(_placed(instruction, stage, len(groups[-1])))
    stages: list[Stage] = []
    for index, group in enumerate(groups[1:]):
        body = group[0].body
        name = body.name.text.lower() if isinstance(body, From) and body.name is not None else None
        stages.append(Stage(index, name, tuple(group), Span(group[0].span.start, group[-1].span.end)))
    return tuple(groups[0]), tuple(stages)


def _placed(instruction: Instruction, stage: int, index: int) -> Instruction:
    body = instruction.body
    if isinstance(body, Onbuild):
        body = Onbuild(_placed(body.trigger, stage, index))
    return instruction._replace(body=body, stage=stage, index=index)


def _long_rows(rows: Rows) -> list[Problem]:
    if max(map(len, rows.texts), default=0) * 4 <= LONGEST_ROW:
        return []
    return [
        Problem(Span(start, start + len(row)), f"dockerfile line greater than max allowed size of {LONGEST_ROW}")
        for row, start in zip(rows.texts, rows.starts, strict=True)
        if len(row) * 4 > LONGEST_ROW and len(row.encode("utf-8", "surrogatepass")) > LONGEST_ROW
    ]


def _silences(rows: Rows, instructions: list[Instruction], at: int) -> tuple[Silence, ...]:
    hidden = iter([heredoc.span for instruction in instructions for heredoc in instruction.heredocs])
    body = next(hidden, None)
    found: list[Silence] = []
    for number in range(at, len(rows.texts)):
        row = rows.texts[number]
        if "#" not in row:
            continue
        stripped = row.lstrip(SPACES)
        if stripped[0] != "#" or _SILENCE.match(stripped) is None:
            continue
        start = rows.starts[number] + len(row) - len(stripped)
        while body is not None and body.end <= start:
            body = next(hidden, None)
        if body is None or start < body.start:
            text = stripped.rstrip(SPACES)
            found.append(Silence(text, Span(start, start + len(text))))
    return tuple(found)
