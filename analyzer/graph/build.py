"""A plan becomes a graph: names resolved, stages reached, steps numbered (dockerfile2llb/convert.go, v0.32)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..dockerfile import ExpansionError, expand
from ..dockerfile.syntax import Arg, Copy, From, Instruction, Onbuild, Run, Stage
from ..plans import BuildPlan, Platform, parse_platform
from ..source import Span
from .images import ImageRef, image_ref, is_image_ref
from .operations import image_origin
from .scope import StageScope, platform_args
from .stages import MOST_VARIABLES, StageWalk
from .steps import (
    BuildError,
    BuildGraph,
    ContextOp,
    ContextOrigin,
    Origin,
    StageInfo,
    Step,
    StepOrigin,
    Unread,
)

# What Go's strconv.Atoi takes; a longer one overflows and is a name.
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def build_graph(plan: BuildPlan) -> BuildGraph:
    """The graph of a build; BuildError where the engine would refuse the definition."""
    dockerfile = plan.dockerfile
    try:
        if dockerfile.problems:
            raise BuildError(dockerfile.problems[0].message, dockerfile.problems[0].span)
        if not dockerfile.stages:
            raise BuildError("dockerfile contains no stages to build; it needs at least one FROM")
        return _Builder(plan).graph()
    except BuildError as error:
        error.source = dockerfile.source
        raise


class _Builder:
    def __init__(self, plan: BuildPlan) -> None:
        self.plan = plan
        self.stages = plan.dockerfile.stages
        self.by_name = {stage.name: stage.index for stage in self.stages if stage.name}
        self.contexts = dict(plan.contexts)
        self.named = {image_ref(name).shown: name for name in self.contexts}
        self.steps: list[Step] = []
        self.infos: list[StageInfo] = []
        self.scopes: list[StageScope] = []
        self.unread: list[Unread] = []
        self.doubts: dict[str, BuildError] = {}
        self.room = MOST_VARIABLES
        self.global_args = self._global_args()
        self.bases: list[int | ImageRef | str | None] = []
        earlier: dict[str, int] = {}
        for stage in self.stages:
            self.bases.append(self._base(stage, earlier))
            if stage.name:
                earlier[stage.name] = stage.index
        self.needs = [self._needs(stage) for stage in self.stages]

    def graph(self) -> BuildGraph:
        target = self._target()
        self._refuse_cycles()
        reached = self._reached(target)
        for stage in self.stages:
            self._dispatch(stage, stage.index in reached)
        return BuildGraph(
            self.plan, tuple(self.steps), tuple(self.infos), target, tuple(self.unread), tuple(self.doubts.values())
        )

    # Names -------------------------------------------------------------------------------------------------

    def _global_args(self) -> dict[str, str]:
        given = dict(self.plan.options.build_args)
        last = self.stages[-1].name or ""
        values = platform_args(self.plan, self.plan.options.target or last)
        for instruction in self.plan.dockerfile.preamble:
            if isinstance(instruction.body, Arg):
                for pair in instruction.body.pairs:
                    if pair.key in given:
                        values[pair.key] = given[pair.key]
                    elif pair.value is not None:
                        values[pair.key] = self._global(pair.value, values, pair.span)
        return values

    def _global(self, text: str, values: Mapping[str, str], span: Span) -> str:
        try:
            return expand(text, values.get, self.plan.dockerfile.escape)
        except ExpansionError as error:
            raise BuildError(str(error), span) from error

    def _base(self, stage: Stage, earlier: Mapping[str, int]) -> int | ImageRef | str | None:
        """An earlier stage, an image, the name of a named context, or None for scratch."""
        body = stage.instructions[0].body
        assert isinstance(body, From)
        name = self._global(body.image.text, self.global_args, body.image.span)
        if not name:
            raise BuildError(f"base name ({body.image.text}) should not be blank", stage.instructions[0].span)
        if stage.name and self._context(stage.name):
            return self._context(stage.name)
        if name in earlier:
            return earlier[name]
        if name == "scratch":
            return None
        context = self._context(name)
        if context is None and not is_image_ref(name):
            where = stage.instructions[0].span
            raise BuildError(f'failed to parse stage name "{name}": invalid reference format', where)
        return context or image_ref(name)

    def _context(self, name: str) -> str | None:
        """The named context that stands for an image or stage of this name (dockerui/namedcontext.go)."""
        if name.lower() in ("scratch", "context"):
            return None
        return self.named.get(image_ref(name).shown)

    def _needs(self, stage: Stage) -> tuple[int, ...]:
        base = self.bases[stage.index]
        if isinstance(base, str) and stage.name and self._context(stage.name):
            return ()
        needed = [base] if isinstance(base, int) else []
        for instruction in self._commands(stage):
            needed += [
                at for name, span in _names(instruction) if (at := self._find(name, span, instruction)) is not None
            ]
        return tuple(dict.fromkeys(needed))

    def _find(self, name: str, span: Span, instruction: Instruction) -> int | None:
        """The stage that `--from=name` means; numbers count only for COPY (toCommand, detectRunMount)."""
        if instruction.keyword == "COPY":
            if "$" in name:
                raise BuildError(
                    "variable expansion is not supported for --from, define a new stage with FROM using ARG "
                    "from global scope as a workaround",
                    span,
                )
            if _NUMBER.fullmatch(name):
                if not 0 <= int(name) < len(self.stages):
                    raise BuildError(f"invalid stage index {int(name)}: there are {len(self.stages)} stages", span)
                return int(name)
        at = self.by_name.get(name.lower())
        if at is None and not self._context(name):
            self._doubt(name, span)
        return at

    def _doubt(self, name: str, span: Span) -> None:
        """Note a bare name that is neither a stage nor an official image: most likely a stage that does not exist."""
        from .official import OFFICIAL_IMAGES

        if any(mark in name for mark in "/:@.$") or name.lower() in OFFICIAL_IMAGES or name == "scratch":
            return
        stages = [stage.name for stage in self.stages if stage.name]
        known = f"the stages are {', '.join(stages)}" if stages else "no stage has a name"
        doubt = BuildError(
            f"no stage is called `{name}` ({known}); if it is an image, say which with "
            f"--build-context {name}=docker-image://{name}",
            span,
        )
        doubt.source = self.plan.dockerfile.source
        self.doubts.setdefault(name, doubt)

    def _commands(self, stage: Stage) -> tuple[Instruction, ...]:
        """The instructions of a stage after its FROM, those that its base triggers first (initOnBuildTriggers)."""
        own = stage.instructions[1:]
        base = self.bases[stage.index]
        if not isinstance(base, int):
            return own
        triggers = (i.body.trigger for i in self.stages[base].instructions if isinstance(i.body, Onbuild))
        return (*triggers, *own)

    # Reach -------------------------------------------------------------------------------------------------

    def _target(self) -> int:
        name = self.plan.options.target
        if not name:
            return len(self.stages) - 1
        if name.lower() in self.by_name:
            return self.by_name[name.lower()]
        if _NUMBER.fullmatch(name) and 0 <= int(name) < len(self.stages):
            return int(name)
        known = ", ".join(stage.name for stage in self.stages if stage.name) or "none of the stages has a name"
        raise BuildError(f"target stage `{name}` could not be found; known stages: {known}")

    def _refuse_cycles(self) -> None:
        done: set[int] = set()
        for start in range(len(self.stages)):
            path: list[int] = []
            pending = [(start, iter(self.needs[start]))] if start not in done else []
            path += [start] if pending else []
            while pending:
                at, rest = pending[-1]
                following = next(rest, None)
                if following is None:
                    done.add(at)
                    path.pop()
                    pending.pop()
                elif following in path:
                    cycle = [*path[path.index(following) :], following]
                    names = " → ".join(self._name(index) for index in cycle)
                    raise BuildError(
                        f"circular dependency detected on stage: {self._name(following)} ({names})",
                        self.stages[at].instructions[0].span,
                    )
                elif following not in done:
                    path.append(following)
                    pending.append((following, iter(self.needs[following])))

    def _reached(self, target: int) -> set[int]:
        reached: set[int] = set()
        pending = [target]
        while pending:
            at = pending.pop()
            if at not in reached:
                reached.add(at)
                pending.extend(self.needs[at])
        return reached

    def _name(self, index: int) -> str:
        return self.stages[index].name or f"stage-{index}"

    # Steps -------------------------------------------------------------------------------------------------

    def _label(self, index: int) -> str:
        """What BuildKit prints: nothing for an only stage, unless an image without a stage joins it."""
        joined = any(self.by_name.get(name.lower()) is None for name, _ in self._outside(self.stages[index]))
        return self._name(index) if joined or len(self.stages) > 1 else ""

    def _outside(self, stage: Stage) -> list[tuple[str, Span]]:
        found: list[tuple[str, Span]] = []
        for instruction in self._commands(stage):
            found += [pair for pair in _names(instruction) if not pair[0].isdecimal()]
            if isinstance(instruction.body, Run):
                found += [("scratch", mount.span) for mount in instruction.body.mounts if not mount.from_]
        return found

    def _dispatch(self, stage: Stage, used: bool) -> None:
        base = self.bases[stage.index]
        scope = StageScope(self.plan, self.global_args, self._platform(stage))
        self.scopes.append(scope)
        replaced = self._context(stage.name) if stage.name else None
        commands = () if replaced else self._commands(stage)
        walk = StageWalk(self.plan, stage, commands, self._label(stage.index), used, self.room)
        below = (self.scopes[base], self.infos[base].output) if isinstance(base, int) else base

        def find(name: str, span: Span, instruction: Instruction) -> Origin:
            return self.origin(name, span, instruction, scope, stage.index)

        try:
            walk.walk(below, scope, find, self.steps)
        except BuildError as error:
            if used:
                raise
            self.unread.append(Unread(self._name(stage.index), f"unused, and refused: {error.message}", error.span))
        self.room = walk.room
        self.unread += walk.unread
        self.infos.append(
            StageInfo(
                number=stage.index,
                name=self._name(stage.index),
                base=base if isinstance(base, int | ImageRef) else None,
                output=walk.output,
                used=used,
                context=base if isinstance(base, str) else None,
                needs=self.needs[stage.index],
            )
        )

    def _platform(self, stage: Stage) -> Platform:
        body = stage.instructions[0].body
        assert isinstance(body, From)
        if body.platform is None:
            return self.plan.platform
        text = self._global(body.platform, self.global_args, stage.instructions[0].span)
        try:
            return parse_platform(text)
        except ValueError as error:
            where = stage.instructions[0].span
            raise BuildError(f"failed to parse platform {body.platform}: {error}", where) from error

    def origin(self, name: str, span: Span, instruction: Instruction, scope: StageScope, current: int) -> Origin:
        """The origin that `--from=name` means, seen from the stage `current`."""
        at = self._find(name, span, instruction)
        if at is not None:
            if at >= len(self.infos):
                verb = "copy" if instruction.keyword in ("COPY", "ADD") else "mount"
                raise BuildError(
                    f"cannot {verb} from stage `{name}`, it needs to be defined before current stage "
                    f"`{self._name(current)}`",
                    span,
                )
            output = self.infos[at].output
            op = self.steps[output].op if output is not None else None
            return ContextOrigin(op.name) if isinstance(op, ContextOp) else StepOrigin(output)
        context = self._context(name)
        if context:
            spec = self.contexts[context]
            if spec.kind == "image":
                return image_origin(spec.location, scope)._replace(named=True)
            return ContextOrigin(context)
        return StepOrigin(None) if name == "scratch" else image_origin(name, scope)


def _names(instruction: Instruction) -> list[tuple[str, Span]]:
    """The names that an instruction takes things from, with where they stand."""
    body = instruction.body
    if isinstance(body, Copy):
        return [(body.from_, instruction.span)] if body.from_ is not None else []
    if isinstance(body, Run):
        return [(mount.from_, mount.span) for mount in body.mounts if mount.from_]
    return []
