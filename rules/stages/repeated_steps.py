"""The same dependencies are installed in several stages, and no stage can use what another one has in the cache.

## What it finds

RUN steps of different stages that install the same packages of the distribution, or the same dependencies of the
project, on the same base image, and whose keys differ all the same: because of what stands before them, or of how they
are written.

## Why it costs

The work is done once for each stage, and each copy of it is lost on its own. Steps with the same key are run once: two
stages that begin alike share what they begin with.

## When to allow it

Where what stands before one of them changes what the install does, as another package source. Stages with different
base images or platforms are not reported, and neither is what BuildKit shares already.

## References

- https://docs.docker.com/build/building/multi-stage/#use-a-previous-stage-as-a-new-stage
- BuildKit v0.32, solver/jobs.go: vertices with the same key are merged; corpus cases f06, f06b and f07b
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From
from ...analyzer.graph import BuildGraph, CopyOp, ImageOp, MkdirOp, RunOp, Step, StepOrigin
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Opaque, package_install
from ...analyzer.shell.options import arguments, texts
from ..facts import Facts
from ..reach import ancestors, counted, is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("the same work is done in several stages", "info", stages=2)

BAD = (
    Example(
        "FROM debian:12 AS a\nRUN apt-get update && apt-get install -y curl git\nCOPY a /a\n"
        "FROM debian:12\nWORKDIR /b\n«RUN apt-get update && apt-get install -y git curl»\nCOPY --from=a /a /a\n"
    ),
    Example(
        "FROM alpine:3 AS a\nCOPY a /a\nRUN apk add curl\nFROM alpine:3\n«RUN apk add curl»\nCOPY --from=a /a /a\n"
    ),
)
GOOD = (
    Example("FROM alpine:3 AS a\nRUN apk add curl\nCOPY a /a\nFROM alpine:3\nRUN apk add curl\nCOPY --from=a /a /a\n"),
    Example("FROM alpine:3 AS a\nWORKDIR /a\nRUN apk add curl\nFROM alpine:2\nRUN apk add curl\nCOPY --from=a /a /a\n"),
    Example("FROM alpine:3 AS a\nWORKDIR /a\nRUN apk add curl\nFROM alpine:3\nRUN apk add git\nCOPY --from=a /a /a\n"),
    Example("FROM alpine:3 AS a\nWORKDIR /a\nRUN true\nFROM alpine:3\nRUN true\nCOPY --from=a /a /a\n"),
    Example("FROM alpine:3 AS a\nWORKDIR /a\nRUN apk add curl\nFROM a\nRUN apk add curl\n"),
)

_VALUED = frozenset({"-t", "--virtual", "-o", "--option", "--target-release", "-X", "--repository"})


class _Work(NamedTuple):
    """What makes two steps the same work: what they stand on in the end, and what they install."""

    root: object
    platform: object
    user: str | None
    packages: frozenset[tuple[str, str]]


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    groups: dict[_Work, list[Step]] = {}
    for step in graph.steps:
        if step.used and is_run(step):
            work = _work(graph, step, see)
            if work is not None:
                groups.setdefault(work, []).append(step)
    for steps in groups.values():
        different: dict[object, Step] = {}
        for step in steps:
            different.setdefault(_signature(graph, step), step)
        kept = list(different.values())
        apart = [one for one in kept[1:] if one.stage != kept[0].stage and not _stands_on(graph, one, kept[0])]
        if apart:
            yield _told(graph, kept[0], apart)


def _work(graph: BuildGraph, step: Step, see: Facts) -> _Work | None:
    read = see.commands(step.instruction)
    if isinstance(read, Opaque):
        return None
    packages: set[tuple[str, str]] = set()
    for command in read:
        install = package_install(command)
        if install is not None:
            if install.local:
                return None
            packages |= {(install.tool, word) for word in arguments(texts(command), _VALUED)[1:]}
    for install in see.installs(step.instruction):
        if not install.local and install.sure != "low":
            words = " ".join(word.text for word in install.command.words)
            packages.add((f"{step.scope.workdir}/{install.folder}", words))
    if not packages:
        return None
    chain = (*ancestors(graph, step), step)
    root = chain[0].op if chain[0].base is None else None
    return _Work(root, step.scope.platform, step.scope.user, frozenset(packages)) if isinstance(root, ImageOp) else None


def _signature(graph: BuildGraph, step: Step) -> tuple[object, ...]:
    """What the key of a step is made of, as a value: equal for steps that BuildKit runs once."""
    return tuple(_own(graph, one) for one in (*ancestors(graph, step), step))


def _own(graph: BuildGraph, step: Step) -> object:
    op = step.op
    if isinstance(op, RunOp):
        mounts = tuple((one.kind, one.target, _origin(graph, one.origin), one.source, one.id) for one in op.mounts)
        env = tuple((one.name, one.value) for one in step.scope.env)
        return op.argv, mounts, env, step.scope.workdir, step.scope.user, op.network
    if isinstance(op, CopyOp):
        sources = tuple((_origin(graph, one.origin), one.path, one.include) for one in op.sources)
        return sources, op.dest, op.chown, op.chmod, op.link, op.exclude
    return op.path if isinstance(op, MkdirOp) else op


def _origin(graph: BuildGraph, origin: object) -> object:
    if isinstance(origin, StepOrigin) and origin.step is not None:
        return _signature(graph, graph.steps[origin.step])
    return origin


def _stands_on(graph: BuildGraph, step: Step, other: Step) -> bool:
    return other in ancestors(graph, step)


def _told(graph: BuildGraph, first: Step, apart: list[Step]) -> Diagnostic:
    step = apart[0]
    image = first
    while image.base is not None:
        image = graph.steps[image.base]
    same = " ".join(first.instruction.text.split()) == " ".join(step.instruction.text.split())
    why = _why(graph, first, step)
    related = [Related(first.span, "the same is installed here")]
    related += [Related(one.span, "and here") for one in apart[1:]]
    related += [Related(one.span, "keeps them apart") for one in why if not any(one.span == r.span for r in related)]
    return Diagnostic(
        primary=step.span,
        message=f"`{_short(step)}` does again what {_stage(graph, first)} does"
        + ("" if same or why else ", written in another way"),
        cost=f"the same is installed in {counted(len(apart) + 1, 'stage')}, and cached apart",
        cure=f"install them once, first thing in a stage on `{image.instruction.body.image.text}`, and base both on it"
        if isinstance(image.instruction.body, From)
        else "install them once, in a stage that both are based on",
        related=tuple(related),
        confidence="medium",
    )


def _why(graph: BuildGraph, first: Step, second: Step) -> list[Step]:
    """The first steps before the two in which they differ."""
    ones, others = ancestors(graph, first), ancestors(graph, second)
    for one, other in zip(ones, others, strict=False):
        if _own(graph, one) != _own(graph, other):
            return [one, other]
    longer = ones if len(ones) > len(others) else others
    return [longer[min(len(ones), len(others))]] if len(ones) != len(others) else []


def _stage(graph: BuildGraph, step: Step) -> str:
    name = graph.stages[step.stage].name
    return f"the stage `{name}`" if name else f"stage {step.stage}"


def _short(step: Step) -> str:
    text = " ".join(step.instruction.text.split())
    return text if len(text) <= 60 else text[:59] + "…"
