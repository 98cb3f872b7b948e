"""What a rule may ask about a build: each answer is found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from ..analyzer.context import Context, ContextError
from ..analyzer.dockerfile.syntax import Arg, Dockerfile, From, Instruction, Onbuild, Run, Shell
from ..analyzer.files import InputError
from ..analyzer.graph import BuildError, BuildGraph, build_graph
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import Lock
from ..analyzer.plans import BuildOptions, BuildPlan, Platform
from ..analyzer.shell import Command, Install, Opaque, installs, package_install, run_commands
from ..analyzer.source import Span
from ..analyzer.typing import TYPE_CHECKING
from .bases import Bases, read_bases

if TYPE_CHECKING:
    from ..analyzer.costs import Project
    from ..analyzer.volatility import Volatility


class BuildContext(NamedTuple):
    """The directory that a build is given: `context` is its tree with the ignore rules.

    `ignore_file` is the path of the ignore file that applies, None where there is none, and `ignore_text` what it says;
    `dockerfile` the Dockerfile's path inside the context, None where it lies elsewhere. `given` is True where the
    directory was named, and not taken for the context because the Dockerfile lies in it. `git_ignored` tells those of
    some paths that git ignores, and is None where the directory lies in no work tree; `history` tells how often what
    the directory holds changes, and asks git for it. `folder` is the directory's path.
    """

    context: Context
    ignore_file: str | None
    dockerfile: str | None
    ignore_text: str = ""
    given: bool = False
    git_ignored: Callable[[tuple[str, ...]], frozenset[str]] | None = None
    history: Callable[[], Volatility | None] | None = None
    folder: str = ""


OpenContext = Callable[[], BuildContext | None]
OpenCosts = Callable[[], "Project"]

NO_PINS = Lock()


class Facts:
    """The facts of one Dockerfile, and of its build with default options."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        open_context: OpenContext | None = None,
        pins: Lock = NO_PINS,
        open_costs: OpenCosts | None = None,
    ) -> None:
        """Nothing is computed yet. `tool_error` says which program or file that a rule needs is missing or wrong."""
        self.dockerfile = dockerfile
        self.pins = pins
        self.refusal: BuildError | None = None
        self.context_error: ContextError | None = None
        self.tool_error: str | None = None
        self._open_context = open_context
        self._context: BuildContext | None = None
        self._graph: BuildGraph | None = None
        self._asked = False
        self._commands: dict[Span, tuple[Command, ...] | Opaque] = {}
        self._installs: dict[Span, tuple[Install, ...]] = {}
        self._packages: dict[Span, tuple[Install, ...]] = {}
        self._calls: dict[Span, dict[str, list[Command]]] = {}
        self._shells: dict[tuple[int, int], tuple[str, ...]] | None = None
        self._kinds: dict[type, list[Instruction]] | None = None
        self._bases: Bases | None = None
        self._open_costs = open_costs
        self._costs: Project | None = None
        self._asked_history = False
        self._volatility: Volatility | None = None

    @property
    def source(self) -> str:
        """The file's text."""
        return self.dockerfile.source.text

    @property
    def path(self) -> str:
        """The file's path: the name of its edits in a fix."""
        return self.dockerfile.source.path

    @property
    def graph(self) -> BuildGraph | None:
        """The graph of the default build, None where the engine refuses it (`refusal` says why)."""
        if not self._asked:
            self._asked = True
            try:
                self._graph = build_graph(default_plan(self.dockerfile))
            except BuildError as error:
                self.refusal = error
        return self._graph

    @property
    def context(self) -> BuildContext | None:
        """The build context, None where none is known or it cannot be read (`context_error` says why)."""
        if self._open_context is not None:
            opener, self._open_context = self._open_context, None
            try:
                self._context = opener()
            except ContextError as error:
                self.context_error = error
        return self._context

    @property
    def volatility(self) -> Volatility | None:
        """How often what the context holds changes, asked of git once; None where it does not tell."""
        if not self._asked_history:
            self._asked_history = True
            context = self.context
            if context is not None and context.history is not None:
                self._volatility = context.history()
        return self._volatility

    @property
    def costs(self) -> Project:
        """How long the steps of the file took in builds whose durations are kept, read once; empty where none are."""
        if self._costs is None:
            from ..analyzer.costs import Project

            self._costs = Project()
            if self._open_costs is not None:
                try:
                    self._costs = self._open_costs()
                except InputError as error:
                    self.tool_error = str(error)
        return self._costs

    @property
    def bases(self) -> Bases:
        """What the stages are based on, with the defaults of the global arguments."""
        if self._bases is None:
            self._bases = read_bases(self.dockerfile)
        return self._bases

    def instructions(self, kinds: tuple[type, ...] = ()) -> list[Instruction]:
        """The instructions whose bodies are of these kinds, none: all; the triggers of ONBUILD are among them."""
        if self._kinds is None:
            self._kinds = {}
            for stage in self.dockerfile.stages:
                for instruction in stage.instructions:
                    self._kinds.setdefault(type(instruction.body), []).append(instruction)
                    if isinstance(instruction.body, Onbuild):
                        trigger = instruction.body.trigger
                        self._kinds.setdefault(type(trigger.body), []).append(trigger)
        return [one for kind in kinds or self._kinds for one in self._kinds.get(kind, ())]

    def is_trigger(self, instruction: Instruction) -> bool:
        """Whether an instruction stands behind ONBUILD: it runs in the builds of others."""
        return isinstance(self.dockerfile.stages[instruction.stage].instructions[instruction.index].body, Onbuild) and (
            not isinstance(instruction.body, Onbuild)
        )

    def commands(self, run: Instruction) -> tuple[Command, ...] | Opaque:
        """The commands of a RUN."""
        if run.span not in self._commands:
            self._commands[run.span] = run_commands(run, self.source, self.dockerfile.escape, self.shell(run))
        return self._commands[run.span]

    def calls(self, run: Instruction, *programs: str) -> list[Command]:
        """The commands of a RUN that call one of these programs; none where its text is opaque."""
        named = self._calls.get(run.span)
        if named is None:
            named = self._calls[run.span] = {}
            read = self.commands(run)
            for command in () if isinstance(read, Opaque) else read:
                named.setdefault(command.program, []).append(command)
        if len(programs) == 1:
            return named.get(programs[0], [])
        found = [command for program in programs for command in named.get(program, ())]
        return sorted(found, key=lambda one: one.span) if len(found) > 1 else found

    def installs(self, run: Instruction) -> tuple[Install, ...]:
        """The dependency installs of a RUN; none where its text is opaque."""
        if run.span not in self._installs:
            read = self.commands(run)
            self._installs[run.span] = () if isinstance(read, Opaque) else installs(read)
        return self._installs[run.span]

    def package_installs(self, run: Instruction) -> tuple[Install, ...]:
        """The installs from the distribution's packages in a RUN; none where its text is opaque."""
        if run.span not in self._packages:
            read = self.commands(run)
            found = () if isinstance(read, Opaque) else map(package_install, read)
            self._packages[run.span] = tuple(one for one in found if one is not None)
        return self._packages[run.span]

    def shell(self, run: Instruction) -> tuple[str, ...] | None:
        """What the last SHELL before a RUN says, in its stage or in one that it is based on; None without any."""
        if self._shells is None:
            self._shells = {}
            last: dict[str, tuple[str, ...]] = {}
            for stage in self.dockerfile.stages:
                current: tuple[str, ...] | None = None
                for instruction in stage.instructions:
                    body = instruction.body
                    body = body.trigger.body if isinstance(body, Onbuild) else body
                    if isinstance(body, From):
                        current = last.get(body.image.text.lower())
                    elif isinstance(body, Shell) and not isinstance(instruction.body, Onbuild):
                        current = body.argv
                    elif isinstance(body, Run) and current is not None:
                        self._shells[stage.index, instruction.index] = current
                if current is not None and stage.name is not None:
                    last[stage.name] = current
        return self._shells.get((run.stage, run.index))


def default_plan(dockerfile: Dockerfile) -> BuildPlan:
    """A build without options on amd64. Arguments that need a value from outside get a name to stand for it."""
    options = BuildOptions(build_args=tuple(_stand_ins(dockerfile).items()))
    platform = Platform("linux", "amd64")
    return BuildPlan(dockerfile, options, (), platform, platform)


_PLATFORM_ARGS = frozenset(
    f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
) | {"TARGETSTAGE"}


def _stand_ins(dockerfile: Dockerfile) -> dict[str, str]:
    given: set[str] = set()
    needed: dict[str, str] = {}
    platforms = ""
    instructions = list(dockerfile.preamble)
    for stage in dockerfile.stages:
        instructions += stage.instructions
    for instruction in instructions:
        body = instruction.body
        if isinstance(body, Arg):
            for pair in body.pairs:
                if pair.value and pair.value not in ('""', "''"):
                    given.add(pair.key)
                elif pair.key not in _PLATFORM_ARGS:
                    needed[pair.key] = _stand_in(pair.key)
        elif isinstance(body, From):
            platforms += body.platform or ""
    return {name: "linux/amd64" if name in platforms else value for name, value in needed.items() if name not in given}


def _stand_in(name: str) -> str:
    if "DIGEST" in name.upper() or "SHA256" in name.upper():
        return "sha256:" + "0" * 64
    return f"unset-{name.lower().strip('_')}"
