"""What variables are worth at an instruction, as far as the file tells."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Arg, Env, Instruction
from ..analyzer.graph import BuildError, is_unknown
from ..analyzer.graph.scope import StageScope
from ..analyzer.plans import BuildOptions, BuildPlan, Platform
from ..analyzer.source import Span
from .facts import Facts

_PLATFORM = Platform("linux", "amd64")


def scope_at(instruction: Instruction, see: Facts) -> StageScope:
    """The environment that an instruction is given in a build without options."""
    bases = see.bases
    plan = BuildPlan(see.dockerfile, BuildOptions(), (), _PLATFORM, _PLATFORM)
    scope = StageScope(plan, bases.values, _PLATFORM)
    if bases.from_scratch(instruction.stage):
        scope.from_scratch()
    else:
        scope.from_image("")
    for index in bases.lineage(instruction.stage):
        last = instruction.index if index == instruction.stage else None
        for one in see.dockerfile.stages[index].instructions[:last]:
            try:
                if isinstance(one.body, Env):
                    scope.assign_env(one.body)
                elif isinstance(one.body, Arg):
                    scope.declare_args(one.body)
            except BuildError:
                return scope
    return scope


def value_of(text: str, span: Span, instruction: Instruction, see: Facts) -> str | None:
    """A word of an instruction with its variables replaced; None where only the base image tells their values."""
    if "$" not in text and "'" not in text and '"' not in text and see.dockerfile.escape not in text:
        return text
    try:
        value = scope_at(instruction, see).expand(text, span)
    except BuildError:
        return None
    return None if is_unknown(value) else value
