"""Which steps re-run when one does, counted as an engine counts them."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.graph import BuildGraph, CopyOp, RunOp, Step, StepOrigin, inputs
from .facts import Facts


def ancestors(graph: BuildGraph, step: Step) -> tuple[Step, ...]:
    """The steps whose file system a step stands on, the first one first, through the stages it is based on."""
    found: list[Step] = []
    at = step.base
    while at is not None:
        found.append(graph.steps[at])
        at = graph.steps[at].base
    return tuple(reversed(found))


def following(graph: BuildGraph, step: Step) -> tuple[Step, ...]:
    """The steps of the build that surely re-run when the step does: all that stand on it (buildkit-cache 0.3)."""
    reached = {step.id}
    found: list[Step] = []
    for other in graph.steps:
        if other.used and other.base in reached:
            reached.add(other.id)
            found.append(other)
    return tuple(found)


def takers(graph: BuildGraph, step: Step) -> tuple[Step, ...]:
    """The steps that copy or mount from a stage in which the step re-runs: they re-run where the bytes differ."""
    reached = {step.id, *(other.id for other in following(graph, step))}
    return tuple(
        other
        for other in graph.steps
        if other.used
        and other.id not in reached
        and any(isinstance(origin, StepOrigin) and origin.step in reached for origin, _ in inputs(other))
    )


def counted(count: int, what: str = "step") -> str:
    """`1 step`, `2 steps`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def later_steps(graph: BuildGraph, step: Step) -> str:
    """What re-runs with a step, in words: `and 3 later steps`; empty where nothing does."""
    count = len(following(graph, step))
    return f" and {counted(count, 'later step')}" if count else ""


def is_run(step: Step) -> bool:
    """Whether the step is a RUN."""
    return isinstance(step.op, RunOp)


def is_copy(step: Step) -> bool:
    """Whether the step is a COPY or an ADD."""
    return isinstance(step.op, CopyOp)


def step_of(instruction: Instruction, see: Facts) -> Step | None:
    """The step that an instruction makes in the default build; None where it makes none."""
    if see.graph is None:
        return None
    return next((step for step in see.graph.steps if step.span == instruction.span), None)
