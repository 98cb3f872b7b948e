"""From a Dockerfile to steps: names, numbers, scopes, and what is refused."""

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.graph import (
    BuildError,
    BuildGraph,
    CopyOp,
    GitOrigin,
    HttpOrigin,
    ImageOp,
    ImageOrigin,
    RunOp,
    StepOrigin,
    build_graph,
    image_ref,
)
from dcache.analyzer.graph.paths import clean, destination, workdir
from dcache.analyzer.plans import BuildOptions, BuildPlan, Platform, context_spec, parse_platform
from dcache.analyzer.source import SourceFile

LINUX = Platform("linux", "amd64")


def graph(text: str, **options: object) -> BuildGraph:
    values = BuildOptions(**options)  # type: ignore[arg-type]
    contexts = tuple((name, context_spec(value)) for name, value in values.build_contexts)
    return build_graph(BuildPlan(parse(SourceFile("Dockerfile", text)), values, contexts, LINUX, LINUX))


def names(found: BuildGraph) -> list[str]:
    return [f"{s.label} {s.number}/{s.total}".strip() for s in found.steps if s.number]


def env(found: BuildGraph, at: int = -1) -> list[str]:
    return [f"{a.name}={a.value}" for a in found.steps[at].scope.env if a.name not in ("", "PATH")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN x\nWORKDIR /w\nCOPY . .\n", ["1/4", "2/4", "3/4", "4/4"]),
        ("FROM scratch\nCOPY . .\n", ["1/1"]),
        ("FROM a AS one\nRUN x\nFROM one\nRUN y\n", ["one 1/2", "one 2/2", "stage-1 1/1"]),
        # WORKDIR / makes no step but is counted in the total (convert.go: dispatchWorkdir)
        ("FROM a\nWORKDIR /\nRUN x\n", ["1/3", "2/3"]),
        # nor does one that stays in the root, where images start that name no directory [workdir-stays]
        ("FROM a\nWORKDIR .\nWORKDIR ..\nRUN x\n", ["1/4", "2/4"]),
        # an image without a stage of its own makes the engine print the label of an only stage [r20]
        ("FROM a AS base\nCOPY --from=nginx /a /a\n", ["base 1/2", "base 2/2"]),
        ("FROM a\nRUN --mount=type=cache,target=/c x\n", ["stage-0 1/2", "stage-0 2/2"]),
        ("FROM a AS base\nONBUILD RUN t\nFROM base\nRUN y\n", ["base 1/1", "stage-1 1/2", "stage-1 2/2"]),
    ],
)
def test_steps_are_numbered_as_the_engine_numbers_them(text: str, expected: list[str]) -> None:
    assert names(graph(text)) == expected


def test_onbuild_triggers_come_first_and_say_so() -> None:
    found = graph("FROM a AS base\nONBUILD RUN t\nFROM base\nRUN y\n")
    assert [step.text for step in found.steps[1:]] == ["ONBUILD RUN t", "RUN y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run a\tb", "RUN a\tb"),
        ("run  a", "RUN  a"),
        # the engine takes the first blank for the keyword's end (convert.go: uppercaseCmd)
        ("run\ta b", "RUN\tA b"),
        ("run\t$v b", "RUN\tXY b"),
        ("run\t$w b", "RUN\t$W b"),
        ("copy\ta.txt /b", "COPY\tA.TXT /b"),
    ],
)
def test_a_step_has_the_name_that_the_engine_prints(text: str, expected: str) -> None:
    assert graph(f"FROM a\nARG v=xy\n{text}\n").steps[-1].text == expected


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("ARG V=1\nFROM a\nRUN x\n", (), []),
        ("ARG V=1\nFROM a\nARG V\nRUN x\n", (), ["V=1"]),
        ("ARG V=1\nFROM a\nARG V=2\nRUN x\n", (), ["V=2"]),
        ("ARG V=1\nFROM a\nARG V=2\nRUN x\n", (("V", "3"),), ["V=3"]),
        ("FROM a\nARG V\nRUN x\n", (), []),
        ("FROM a\nARG V=\nRUN x\n", (), ["V="]),
        ("FROM a\nARG V=1\nENV V=2\nRUN x\n", (("V", "9"),), ["V=2"]),
        ("FROM a\nENV A=1\nENV B=$A$A\nENV A=3 C=$A\nRUN x\n", (), ["B=11", "A=3", "C=1"]),
        ("FROM a\nENV A=1\nENV B=2\nENV A=1\nRUN x\n", (), ["B=2", "A=1"]),
        ("FROM a\nARG TARGETARCH\nRUN x\n", (), ["TARGETARCH=amd64"]),
        ("FROM a AS p\nARG X=1\nFROM p\nRUN x\n", (), ["X=1"]),
        ("FROM a AS p\nARG X=1\nFROM a\nCOPY --from=p /a /a\nRUN x\n", (), []),
        ("FROM a\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nRUN x\n", (), []),
    ],
)
def test_environment_is_an_ordered_list(text: str, args: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    assert env(graph(text, build_args=args)) == expected


def test_a_child_stage_adds_the_environment_of_its_image_once_more() -> None:
    """f07c: ARG before ENV in the parent comes first in the child, after PATH has moved behind it."""
    found = graph("FROM scratch AS p\nENV E=1\nARG A=1\nFROM p\nRUN x\n")
    assert env(found) == ["A=1", "E=1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM a AS one\nCOPY --from=two /a /a\nFROM a AS two\nCOPY --from=one /a /a\n", "circular dependency"),
        ("FROM a AS one\nCOPY --from=one /a /a\n", "circular dependency"),
        ("FROM a\nCOPY --from=7 /a /a\n", "invalid stage index 7"),
        ("FROM a\nCOPY --from=$X /a /a\n", "variable expansion is not supported for --from"),
        ("FROM a\nCOPY --from=later /a /a\nFROM a AS later\n", ""),
        ("FROM $NONE\n", "base name ($NONE) should not be blank"),
        ("FROM a b\n", "FROM requires either one or three arguments"),
        ("FROM UPPER\n", "invalid reference format"),
        ("FROM --platform=x86 a\n", "unknown operating system"),
        ("FROM scratch\nENV A=${B:?none}\n", "none"),
    ],
)
def test_what_the_engine_refuses_is_refused(text: str, message: str) -> None:
    if not message:
        assert len(graph(text).stages) == 2  # an unused stage may look ahead: it is never built
        return
    with pytest.raises(BuildError) as caught:
        graph(text)
    assert message in caught.value.message


def test_unknown_targets_name_the_known_ones() -> None:
    with pytest.raises(BuildError, match="target stage `x` could not be found; known stages: one"):
        graph("FROM a AS one\n", target="x")


def test_a_misspelt_stage_is_a_doubt_and_an_image_is_none() -> None:
    assert (
        "no stage is called `bilder`"
        in graph("FROM a AS builder\nFROM a\nCOPY --from=bilder /a /a\n").doubts[0].message
    )
    for fine in ("builder", "composer", "reg.io/x", "x:1", "0"):
        assert not graph(f"FROM a AS builder\nFROM a\nCOPY --from={fine} /a /a\n").doubts


def test_sources_are_told_apart() -> None:
    found = graph(
        "FROM a AS one\nFROM a\nCOPY --from=one /x /y\nCOPY --from=nginx:1 /x /y\n"
        "ADD https://h/f.tar /t/\nADD https://h/r.git#main:sub /r\nADD --checksum=sha256:aa https://h/g /g\n"
    )
    origins = [step.op.sources[0].origin for step in found.steps if isinstance(step.op, CopyOp)]
    assert origins == [
        StepOrigin(0),
        ImageOrigin(image_ref("nginx:1"), LINUX),
        HttpOrigin("https://h/f.tar", "f.tar", ""),
        GitOrigin("https://h/r.git", "main", "sub", "", False),
        HttpOrigin("https://h/g", "g", "sha256:aa"),
    ]


def test_a_named_context_replaces_an_image() -> None:
    found = graph("FROM base\nRUN x\n", build_contexts=(("base", "docker-image://other:1"),))
    assert isinstance(found.steps[0].op, ImageOp)
    assert str(found.steps[0].op.image) == "docker.io/library/other:1"
    assert names(found) == ["1/2"]  # the engine counts FROM and prints no step for it


@pytest.mark.parametrize(
    ("name", "replaced"),
    [("base", False), ("base:2", True), ("docker.io/library/base:2", True), ("base:latest", False), ("other", False)],
)
def test_a_named_context_without_a_tag_is_the_image_of_the_tag_latest(name: str, replaced: bool) -> None:
    """dockerui/namedcontext.go: NamedContext [named-context-of-a-tag]."""
    found = graph("FROM base:2\nRUN x\n", build_contexts=((name, "docker-image://other:1"),))
    assert isinstance(found.steps[0].op, ImageOp)
    assert (found.steps[0].op.image.familiar == "other") is replaced


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ('RUN ["a", "b"]', ("a", "b")),
        ("RUN a  b", ("/bin/sh", "-c", "a  b")),
        ("RUN <<EOF\na\nEOF", ("/bin/sh", "-c", "a\n")),
        ("RUN <<EOF\n#!/bin/py\nx\nEOF", ("/bin/sh", "-c", "/dev/pipes/EOF")),
        ("RUN cat <<EOF > /x\na\nEOF", ("/bin/sh", "-c", "cat <<EOF > /x\na\nEOF")),
        ('SHELL ["/bin/bash", "-c"]\nRUN a', ("/bin/bash", "-c", "a")),
    ],
)
def test_the_final_command_line_is_the_key(command: str, argv: tuple[str, ...]) -> None:
    op = graph(f"FROM a\n{command}\n").steps[-1].op
    assert isinstance(op, RunOp)
    assert op.argv == argv


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", "docker.io/library/python:latest"),
        ("a/b:1", "docker.io/a/b:1"),
        ("ghcr.io/a/b", "ghcr.io/a/b:latest"),
        ("localhost:5000/a", "localhost:5000/a:latest"),
        ("a:1@sha256:00", "docker.io/library/a:1@sha256:00"),
    ],
)
def test_image_references_are_normalised(text: str, expected: str) -> None:
    assert str(image_ref(text)) == expected


def test_paths_are_normalised_as_the_engine_does() -> None:
    assert [clean(p) for p in ("/a/../b", "a/./b", "/..", ".", "")] == ["/b", "a/b", "/", ".", "."]
    assert destination("/w", ".") == "/w/"
    assert destination("/w", "d/") == "/w/d/"
    assert destination("/w", "/x/.") == "/x/."
    assert workdir("/a", "b") == "/a/b"
    assert workdir("/a", "/b/") == "/b/"  # kept as written where absolute [r16f]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("linux/arm64/v8", "linux/arm64"), ("linux/arm", "linux/arm/v7"), ("linux/x86_64", "linux/amd64")],
)
def test_platforms_are_normalised(text: str, expected: str) -> None:
    assert str(parse_platform(text)) == expected
