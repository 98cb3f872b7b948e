"""Small views of what the reader returns, shared by the tests of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import (
    Arg,
    Body,
    Copy,
    Dockerfile,
    Env,
    From,
    Instruction,
    Onbuild,
    Other,
    Run,
    User,
    Workdir,
)
from dcache.analyzer.dockerfile.tokens import tokens
from dcache.analyzer.source import SourceFile, Span


def _word_spans(body: Body) -> Iterator[Span]:
    match body:
        case From(image, name, _):
            yield from (word.span for word in (image, name) if word is not None)
        case Run():
            yield body.command.span
            yield from (mount.span for mount in body.mounts)
        case Copy():
            yield from (word.span for word in (*body.sources, body.dest))
        case Arg():
            yield from (pair.span for pair in body.pairs)
        case Env():
            yield from (pair.span for pair in body.pairs)
        case Workdir():
            yield body.path.span
        case User():
            yield body.user.span
        case Other():
            yield from (word.span for word in body.words)
            yield from (pair.span for pair in body.pairs)
        case Onbuild():
            yield from (flag.span for flag in body.trigger.flags)
            yield from _word_spans(body.trigger.body)
        case _:
            return


def _instructions(dockerfile: Dockerfile) -> list[Instruction]:
    return [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]


def _sound(text: str) -> Dockerfile:
    dockerfile = parse(SourceFile("Dockerfile", text))
    pieces = list(tokens(dockerfile))
    assert "".join(token.text for token in pieces) == text
    assert all(one.span.end == other.span.start for one, other in pairwise(pieces))
    assert all(text[token.span.start : token.span.end] == token.text != "" for token in pieces)
    edges = {0, *(token.span.end for token in pieces)}
    end = 0
    for instruction in _instructions(dockerfile):
        outer = instruction.span
        assert end <= outer.start <= outer.end <= len(text)
        end = outer.end
        for span in (
            *(flag.span for flag in instruction.flags),
            *(heredoc.span for heredoc in instruction.heredocs),
            *_word_spans(instruction.body),
        ):
            assert outer.start <= span.start <= span.end <= outer.end, (span, instruction)
            assert span.start == span.end or (span.start in edges and span.end in edges), (span, instruction)
    for problem in dockerfile.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    for index, stage in enumerate(dockerfile.stages):
        assert stage.index == index
        assert all((one.stage, one.index) == (index, place) for place, one in enumerate(stage.instructions))
    return dockerfile


@pytest.fixture(scope="session")
def instructions() -> Callable[[Dockerfile], list[Instruction]]:
    """All instructions of a file in order."""
    return _instructions


@pytest.fixture(scope="session")
def sound() -> Callable[[str], Dockerfile]:
    """Reads a text and checks what holds of every text: tokens cover it, spans nest and coincide with tokens."""
    return _sound
