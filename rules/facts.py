"""What a rule may ask about a build: each answer is found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..analyzer.context import Context, ContextError
from ..analyzer.dockerfile.syntax import Arg, Dockerfile, From, Instruction, Run, Shell
from ..analyzer.graph import BuildError, BuildGraph, build_graph
from ..analyzer.plans import BuildOptions, BuildPlan, Platform
from ..analyzer.shell import Command, Install, Opaque, installs, run_commands
from ..analyzer.source import Span


class BuildContext(NamedTuple):
    """The directory that a build is given: `context` is its tree with the ignore rules.

    `ignore_file` is the path of the ignore file that applies, None where there is none; `dockerfile` the Dockerfile's
    path inside the context, None where it lies elsewhere.
    """

    context: Context
    ignore_file: str | None
    dockerfile: str | None


OpenContext = Callable[[], BuildContext | None]


class Facts:
    """The facts of one Dockerfile, and of its build with default options."""

    def __init__(self, dockerfile: Dockerfile, open_context: OpenContext | None = None) -> None:
        """Nothing is computed yet."""
        self.dockerfile = dockerfile
        self.refusal: BuildError | None = None
        self.context_error: ContextError | None = None
        self._open_context = open_context
        self._context: BuildContext | None = None
        self._graph: BuildGraph | None = None
        self._asked = False
        self._commands: dict[Span, tuple[Command, ...] | Opaque] = {}
        self._shells: dict[tuple[int, int], tuple[str, ...]] | None = None

    @property
    def source(self) -> str:
        """The file's text."""
        return self.dockerfile.source.text

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

    def commands(self, run: Instruction) -> tuple[Command, ...] | Opaque:
        """The commands of a RUN."""
        if run.span not in self._commands:
            self._commands[run.span] = run_commands(run, self.source, self.dockerfile.escape, self._shell(run))
        return self._commands[run.span]

    def installs(self, run: Instruction) -> tuple[Install, ...]:
        """The dependency installs of a RUN; none where its text is opaque."""
        read = self.commands(run)
        return () if isinstance(read, Opaque) else installs(read)

    def _shell(self, run: Instruction) -> tuple[str, ...] | None:
        """What the last SHELL before a RUN in its stage says."""
        if self._shells is None:
            self._shells = {}
            for stage in self.dockerfile.stages:
                current: tuple[str, ...] | None = None
                for instruction in stage.instructions:
                    if isinstance(instruction.body, Shell):
                        current = instruction.body.argv
                    elif isinstance(instruction.body, Run) and current is not None:
                        self._shells[stage.index, instruction.index] = current
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
