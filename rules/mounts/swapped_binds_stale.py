"""Two bind mounts of one origin have sources that variables choose: swapping them goes unnoticed.

## What it finds

A RUN with two bind mounts from the same place (the build context, one stage, one image) whose sources are both
written with a variable, so that a change of the variables can swap them.

## Why it costs

BuildKit keys such mounts by the content of their sources, sorted and without their targets. Two builds in which the
sources are swapped have the same key: the second one takes the result of the first, in which the files are the other
way round. It is not a rebuild too many, it is a wrong image.

## When to allow it

Where the two variables never take each other's value. Sources without variables change only with the Dockerfile, and
are left alone: swap the targets with them, as a target is part of the key.

## References

- BuildKit v0.32, cache/contenthash/checksum.go and solver/llbsolver/ops/exec.go: getMountDeps (selectors are
  de-duplicated and sorted)
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Mount, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("the sources of two bind mounts can be swapped without a miss", "warning", on=(Run,), words=("--mount",))

BAD = (
    Example(
        "FROM alpine\nARG LEFT=a.conf\nARG RIGHT=b.conf\nRUN --mount=type=bind,source=$LEFT,target=/l \\\n"
        "    «--mount=type=bind,source=$RIGHT,target=/r» cat /l /r > /both\n"
    ),
    Example(
        "FROM alpine AS base\nFROM alpine\nARG A\nARG B\nRUN --mount=from=base,source=/etc/${A},target=/l \\\n"
        "    «--mount=from=base,source=/etc/${B},target=/r» cat /l /r > /both\n"
    ),
)
GOOD = (
    Example(
        "FROM alpine\nRUN --mount=type=bind,source=uv.lock,target=uv.lock \\\n"
        "    --mount=type=bind,source=pyproject.toml,target=pyproject.toml cat uv.lock\n"
    ),
    Example("FROM alpine\nARG A\nRUN --mount=type=bind,source=$A,target=/l cat /l\n"),
    Example(
        "FROM alpine\nARG A\nRUN --mount=type=bind,source=$A,target=/l --mount=type=bind,source=b,target=/r cat /l\n"
    ),
    Example(
        "FROM alpine AS one\nFROM alpine AS two\nFROM alpine\nARG A\nARG B\n"
        "RUN --mount=from=one,source=$A,target=/l --mount=from=two,source=$B,target=/r cat /l /r\n"
    ),
    Example(
        "FROM alpine\nARG A\nRUN --mount=type=bind,source=$A/x,target=/l --mount=type=bind,source=$A/y,target=/r ls\n"
    ),
    Example(
        "FROM alpine\nARG A\nARG B\nRUN --mount=type=cache,target=/l --mount=type=bind,source=$B,target=/r cat /r\n"
    ),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if not isinstance(instruction.body, Run) or len(instruction.body.mounts) < 2:
        return
    first: dict[str, Mount] = {}
    for mount in instruction.body.mounts:
        if mount.kind not in ("bind", "") or "$" not in (mount.source or ""):
            continue
        other = first.setdefault(mount.from_ or "", mount)
        if other is mount or _shape(other) == _shape(mount) != "":
            continue
        yield Diagnostic(
            primary=mount.span,
            message=f"`source={mount.source}` and `source={other.source}` come from one place, and can be swapped",
            cost="a build with the two values swapped takes the old result: the key of this step stays the same",
            cure="name the files without variables, or mount the folder that holds both once",
            related=(Related(other.span, "the other mount"),),
            confidence="medium",
        )


def _shape(mount: Mount) -> str:
    """The variables of a source, in order: with the same ones, both change together; "" without any."""
    return ",".join(part.strip("{").partition("}")[0].partition("/")[0] for part in (mount.source or "").split("$")[1:])
