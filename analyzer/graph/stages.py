"""One stage gone through, instruction by instruction: scopes grow and steps are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..dockerfile.syntax import Arg, Copy, Env, Instruction, Run, Shell, Stage, User, Workdir
from ..plans import BuildPlan, ContextSpec
from ..source import Span
from .images import ImageRef, image_ref
from .operations import copy_op, run_op
from .paths import clean
from .scope import StageScope
from .steps import (
    UNKNOWN_WORKDIR,
    UNPINNED,
    BuildError,
    ContextOp,
    ContextOrigin,
    CopyOp,
    GitOrigin,
    HttpOrigin,
    ImageOp,
    ImageOrigin,
    MkdirOp,
    Op,
    Origin,
    RunOp,
    Step,
    Unread,
    inputs,
)

_NUMBERED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})

MOST_VARIABLES = 1_000_000
"""How many variables the environments of all steps may hold together: each step has a list of its own, as in the
engine, so that an ENV before each of very many steps would fill any memory."""

# What a stage stands on: the stage it continues with its last step, an image, a named context, or nothing.
Base = tuple[StageScope, int | None] | ImageRef | str | None
# Finds the origin that `--from=name` means in an instruction.
Find = Callable[[str, Span, Instruction], Origin]


class StageWalk:
    """One stage while it is gone through; `output` is its last step so far, `unread` what only a network can tell."""

    def __init__(
        self, plan: BuildPlan, stage: Stage, commands: tuple[Instruction, ...], label: str, used: bool, room: int
    ) -> None:
        """`room` is how many variables the environments of its steps may hold; afterwards, what is left of it."""
        self.plan, self.stage, self.commands, self.label, self.used = plan, stage, commands, label, used
        self.room = room
        self.output: int | None = None
        self.unread: list[Unread] = []
        self.number = self.total = 0
        filters = {name.lower() for name in plan.options.no_cache_filter}
        self.no_cache = plan.options.no_cache or (stage.name or "") in filters
        self.triggered = {command.span for command in commands} - {own.span for own in stage.instructions}

    def walk(self, base: Base, scope: StageScope, find: Find, steps: list[Step]) -> None:
        """Append the stage's steps to `steps`; BuildError where an instruction is refused."""
        self.scope, self.find, self.steps = scope, find, steps
        self.total = isinstance(base, ImageRef | str) + sum(one.keyword in _NUMBERED for one in self.commands)
        self._begin(base)
        for instruction in self.commands:
            self._take(instruction)

    def _begin(self, base: Base) -> None:
        first = self.stage.instructions[0]
        if base is None:
            self.scope.from_scratch()
        elif isinstance(base, str):
            spec = dict(self.plan.contexts)[base]
            image = image_ref(spec.location) if spec.kind == "image" else None
            if spec.kind == "directory":
                self.scope.from_scratch()
            else:
                self.scope.from_image(image.identity if image else f"{spec.kind}:{spec.location}")
            self._add(first, ImageOp(image, named=True) if image else ContextOp(base), f"FROM {base}", numbered=False)
        elif isinstance(base, ImageRef):
            self.scope.from_image(base.identity)
            self._add(first, ImageOp(base), f"FROM {base.shown}")
        else:
            parent, self.output = base
            self.scope.from_stage(parent)

    def _take(self, instruction: Instruction) -> None:
        scope, body = self.scope, instruction.body

        def named(name: str, span: Span) -> Origin:
            return self.find(name, span, instruction)

        if isinstance(body, Env):
            scope.assign_env(body)
        elif isinstance(body, Arg):
            scope.declare_args(body)
        elif isinstance(body, Shell):
            scope.shell = body.argv
        elif isinstance(body, User):
            scope.user = scope.expand(body.user.text, body.user.span)
        elif isinstance(body, Workdir):
            scope.enter(scope.expand(body.path.text, body.path.span))
            path = clean(scope.workdir)
            if path not in ("/", UNKNOWN_WORKDIR):  # an image that names no directory starts in the root
                self._add(instruction, MkdirOp(path), scope.shown(instruction.text))
        elif isinstance(body, Copy):
            self._add(instruction, copy_op(instruction, body, scope, named), scope.shown(instruction.text))
        elif isinstance(body, Run):
            text = self.plan.dockerfile.source.text
            self._add(instruction, run_op(instruction, body, scope, named, text), scope.shown(instruction.text))

    def _add(self, instruction: Instruction, op: Op, text: str, *, numbered: bool = True) -> None:
        self.number += numbered
        scope = self.scope.freeze()
        self.room -= len(scope.env)
        if self.room < 0:
            message = f"the environments of the steps hold over {MOST_VARIABLES:,} variables together"
            raise BuildError(f"{message}: dcache reads no such build", instruction.span)
        step = Step(
            id=len(self.steps),
            stage=self.stage.index,
            label=self.label,
            number=self.number if numbered else 0,
            total=self.total,
            instruction=instruction,
            span=instruction.span,
            text=f"ONBUILD {text}" if instruction.span in self.triggered else text,
            op=op,
            base=self.output,
            scope=scope,
            used=self.used,
            no_cache=self.no_cache and isinstance(op, RunOp | CopyOp),
        )
        self.steps.append(step)
        self.output = step.id
        if self.used:
            self.unread += _unread(step, dict(self.plan.contexts))


def _unread(step: Step, contexts: Mapping[str, ContextSpec]) -> list[Unread]:
    """What this step takes from places that cannot be read."""
    found: list[Unread] = []
    if isinstance(step.op, ContextOp):
        found += _opaque(step.op.name, contexts, step.span)
    for origin, span in inputs(step):
        if isinstance(origin, ContextOrigin):
            found += _opaque(origin.name, contexts, span)
        elif isinstance(origin, HttpOrigin) and not origin.checksum:
            found.append(Unread(origin.url, "an address without --checksum", span))
        elif isinstance(origin, GitOrigin) and not origin.commit:
            found.append(Unread(origin.remote, "a git reference that is not a commit", span))
        elif isinstance(origin, ImageOrigin) and not origin.image.digest:
            found.append(Unread(origin.image.shown, UNPINNED, span))
    if isinstance(step.op, ImageOp) and not step.op.image.digest:
        found.append(Unread(step.op.image.shown, UNPINNED, step.span))
    return found


def _opaque(name: str, contexts: Mapping[str, ContextSpec], span: Span) -> list[Unread]:
    """A named context that is no directory: what it holds is only known to the builder."""
    spec = contexts.get(name)
    if spec is None or spec.kind == "directory":
        return []
    return [Unread(f"context {name}", f"`{spec.kind}` contexts cannot be read; what is taken from it is open", span)]
