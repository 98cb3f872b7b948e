"""What is fuzzed: each target takes bytes, and fails where what was read of them cannot be true or took too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import cast

from dcache.analyzer.context import NOTHING_IGNORED, Context, ContextError, Node, read_ignore
from dcache.analyzer.dockerfile import ExpansionError, expand, expand_words, names, parse
from dcache.analyzer.dockerfile.syntax import Dockerfile, Instruction, Onbuild, Run
from dcache.analyzer.dockerfile.tokens import tokens
from dcache.analyzer.engines.buildkit import keys
from dcache.analyzer.graph import BuildError, build_graph
from dcache.analyzer.predict import predict
from dcache.analyzer.shell import Opaque, run_commands
from dcache.analyzer.source import SourceFile, Span, decode
from dcache.analyzer.state import Build, CacheState
from dcache.rules.catalogue import rules
from dcache.rules.facts import default_plan
from dcache.rules.run import Settings, lint

from .ignoring import decided, modelled

Target = Callable[[bytes], None]


def reader(data: bytes) -> None:
    """Any file can be read: its tokens are its text, its spans lie in one another, and the bytes come back."""
    source = decode("Dockerfile", data)
    assert source.encode() == data
    dockerfile = parse(source)
    found = list(tokens(dockerfile))
    assert "".join(token.text for token in found) == source.text
    assert all(one.span.end == other.span.start for one, other in pairwise(found))
    whole = Span(0, len(source.text))
    for problem in dockerfile.problems:
        _inside(problem.span, whole)
    for one, other in pairwise(_instructions(dockerfile)):
        assert one.span.end <= other.span.start
    for instruction in _instructions(dockerfile):
        _inside(instruction.span, whole)
        for span in (*(one.span for one in instruction.flags), *(one.span for one in instruction.heredocs)):
            _inside(span, instruction.span)
        for span in _spans(instruction.body):
            _inside(span, instruction.span)


def expansion(data: bytes) -> None:
    """Any word can be expanded, or the engine's words tell why not; what is expanded once more has no end either."""
    text = data.decode("utf-8", "surrogateescape")
    names(text)
    names(text, word=True)
    values = {"A": "a b", "B": "", "C": "*.py/x", "x": "\\${A}"}
    nothing: dict[str, str] = {}
    for lookup in (values.get, nothing.get):
        for read in (expand, expand_words):
            try:
                read(text, lookup)
            except ExpansionError:
                continue
    try:
        assert expand(text, values.get, raw=True) == text or "$" in text or "\\" in text or text.startswith("\ufeff")
    except ExpansionError:
        return


def shell(data: bytes) -> None:
    """The commands of any RUN lie in its text, or it is opaque; blanks alone hold none."""
    text = "FROM a\nRUN " + data.decode("utf-8", "surrogateescape")
    dockerfile = parse(SourceFile("Dockerfile", text))
    for instruction in _instructions(dockerfile):
        if not isinstance(instruction.body, Run):
            continue
        read = run_commands(instruction, text, dockerfile.escape)
        for command in read if not isinstance(read, Opaque) else ():
            _inside(command.span, instruction.span)
            assert command.words or command.assignments or command.redirects


def ignore(data: bytes) -> None:
    """Each path is decided as a plain model of the engine's matcher decides it, where the model can read the patterns.

    The text is patterns, a line of `--`, and paths.
    """
    text, _, rest = data.decode("utf-8", "surrogateescape").partition("\n--\n")
    try:
        read = read_ignore(text)
    except ContextError:
        return
    model = modelled(read.patterns)
    for path in rest.split("\n")[:20]:
        parts = [part for part in path.split("/") if part not in ("", ".", "..")][:20]
        path = "/".join(parts)
        if not path:
            continue
        excluded = read.excluded(path)
        folder, _, name = path.rpartition("/")
        assert read.among(folder, {name}) == ({name} if excluded else set())
        if read.prunes(path):
            assert read.excluded(f"{path}/below/it")
        if model is not None:
            assert decided(model, path) == excluded, (read.patterns, path)


def graph(data: bytes) -> None:
    """The graph of any file can be built or the engine would refuse it; no rule fails; a repeated build is cached."""
    dockerfile = parse(decode("Dockerfile", data))
    own = [one for one in rules() if one.name != "shell/shellcheck"]  # which starts a program for each input
    report = lint(dockerfile, own, lambda: None, Settings())
    assert not report.crashes, report.crashes[0].trace
    for diagnostic in report.diagnostics:
        _inside(diagnostic.primary, Span(0, len(dockerfile.source.text)))
    try:
        built = build_graph(default_plan(dockerfile))
    except BuildError:
        return
    build = Build("it", built, keys(built), {"": Context("", Nothing(), NOTHING_IGNORED)})
    for prediction in predict(build, CacheState((build,))):
        assert prediction.verdict == "unused" or prediction.best == "hit", prediction


def log(data: bytes) -> None:
    """Any log can be read or it is said that it is none; its steps are those of its lines."""
    from dcache.analyzer.files import InputError
    from dcache.analyzer.logs import LogReader

    reader = LogReader()
    try:
        reader.read("log", BytesIO(data))
        logs = reader.builds()
    except InputError as refused:
        assert "\n" not in str(refused)
        return
    count = data.count(b"\n") + data.count(b"\r") + 1
    for one in logs:
        assert all(step.line is None or 1 <= step.line <= count for step in one.steps)
        assert all(step.seconds is None or step.seconds >= 0 for step in one.steps)


TARGETS: dict[str, Target] = {one.__name__: one for one in (reader, expansion, shell, ignore, graph, log)}


def bounded(target: Target, data: bytes) -> None:
    """Run a target; AssertionError where it takes more than a second, and 20 more for each million bytes."""
    before = time.process_time()
    target(data)
    taken = time.process_time() - before
    assert taken < 1 + 20 * len(data) / 1_000_000, f"took {taken:.1f} s for {len(data):,} bytes"


class Nothing:
    """A context without files."""

    label = "nothing"
    exact_modes = True
    tracked_only = False

    def children(self, path: str) -> dict[str, Node]:
        del path
        return {}

    def digest(self, path: str, node: Node) -> str:
        raise FileNotFoundError(path, node)

    def read(self, path: str) -> bytes:
        raise FileNotFoundError(path)


def _instructions(dockerfile: Dockerfile) -> list[Instruction]:
    return [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]


def _inside(span: Span, outer: Span) -> None:
    assert outer.start <= span.start <= span.end <= outer.end, (span, outer)


def _spans(value: object) -> Iterator[Span]:
    """All spans in a body, whatever its kind."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, Onbuild):
        yield from _spans(value.trigger.body)
    elif isinstance(value, tuple):
        for one in cast("tuple[object, ...]", value):
            yield from _spans(one)
