"""The environment of a stage as it grows, instruction by instruction."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..dockerfile import ExpansionError, expand
from ..dockerfile.syntax import Arg, Env, Pair
from ..plans import BuildPlan, Platform
from ..source import Span
from .paths import workdir
from .steps import UNKNOWN_VALUE, UNKNOWN_WORKDIR, Assignment, BuildError, Scope, readable

# util/system/path_unix.go: the PATH of an image that sets none.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# dockerfile2llb/convert.go nonEnvArgs: arguments that never reach the environment.
_NOT_IN_ENV = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})
# Far above what a command line may hold (Linux: 128 KiB an argument), and far below what a few doublings make.
_LONGEST_VALUE = 1_000_000
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def platform_args(plan: BuildPlan, target_name: str) -> dict[str, str]:
    """The arguments that BuildKit defines by itself (dockerfile2llb/platform.go: defaultArgs)."""
    build, target = plan.build_platform, plan.platform
    values = {
        "BUILDPLATFORM": str(build),
        "BUILDOS": build.os,
        "BUILDOSVERSION": "",
        "BUILDARCH": build.arch,
        "BUILDVARIANT": build.variant,
        "TARGETPLATFORM": str(target),
        "TARGETOS": target.os,
        "TARGETOSVERSION": "",
        "TARGETARCH": target.arch,
        "TARGETVARIANT": target.variant,
        "TARGETSTAGE": target_name or "default",
    }
    given = dict(plan.options.build_args)
    return {name: given.get(name, value) for name, value in values.items()}


class StageScope:
    """The state that instructions of one stage change: environment, working directory, user and shell.

    `env` holds the last assignment of each name, which moves the name to the end, as the engine's AddEnv does [r13d];
    `image_env` is the list in the image's configuration, which a child stage adds once more on top [f07c].
    """

    def __init__(self, plan: BuildPlan, global_args: Mapping[str, str], platform: Platform) -> None:
        self.escape = plan.dockerfile.escape
        self.build_args = dict(plan.options.build_args)
        self.global_args = global_args
        self.platform = platform
        self.env: dict[str, Assignment] = {}
        self.image_env: dict[str, Assignment] = {}
        self.values: dict[str, str] = {}
        self.on_image = False
        self.declared: set[str] = set()
        self.workdir = "/"
        self.user: str | None = None
        self.shell: tuple[str, ...] | None = None
        self._frozen: tuple[Assignment, ...] | None = None

    def from_image(self, reference: str) -> None:
        """Begin on an image whose configuration is not known: its environment counts as one unknown whole."""
        self._image(Assignment("", reference, "image", None))
        self.on_image = True
        self.workdir = UNKNOWN_WORKDIR

    def from_scratch(self) -> None:
        """Begin on nothing: only PATH is set."""
        self._image(Assignment("PATH", DEFAULT_PATH, "image", None))

    def from_stage(self, parent: StageScope) -> None:
        """Begin where another stage ended, with its image's environment assigned once more."""
        self.env = dict(parent.env)
        self.values = dict(parent.values)
        self.on_image, self.declared = parent.on_image, set(parent.declared)
        self.platform = parent.platform
        self.workdir, self.user, self.shell = parent.workdir, parent.user, parent.shell
        self.image_env = dict(parent.image_env)
        for assignment in parent.image_env.values():
            self._add(assignment)

    def _image(self, assignment: Assignment) -> None:
        self.image_env[assignment.name] = assignment
        self._add(assignment)

    def _add(self, assignment: Assignment) -> None:
        self.env.pop(assignment.name, None)
        self.env[assignment.name] = assignment
        if assignment.name:
            self.values[assignment.name] = assignment.value
        self._frozen = None

    def expand(self, text: str, span: Span, *, raw: bool = False, certain: bool = True) -> str:
        """The word with its variables replaced; BuildError where the engine refuses it.

        Variables that only the base image can set have stand-ins, unless `certain` is False: then they are empty.
        """
        try:
            value = expand(text, self._value if certain else self.values.get, self.escape, raw=raw)
            if len(value) > _LONGEST_VALUE:
                raise ExpansionError(f"it expands to {len(value):,} characters; the limit is {_LONGEST_VALUE:,}")
            return value
        except ExpansionError as error:
            raise BuildError(str(error), span) from error

    def _value(self, name: str) -> str | None:
        """A variable's value; a stand-in for what only the configuration of the base image can tell."""
        if name in self.values or not self.on_image or name in self.declared:
            return self.values.get(name)
        return f"{UNKNOWN_VALUE[0]}{name}{UNKNOWN_VALUE[1]}"

    def shown(self, text: str) -> str:
        """The text of a step as the engine prints it: known variables replaced, all else left alone.

        It writes what stands before the first blank in upper case: behind a tab, the first word with the keyword
        (BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: uppercaseCmd).
        """

        def value(match: re.Match[str]) -> str:
            return self.values.get(match[1] or match[2], match[0])

        keyword, blank, rest = readable(_VARIABLE.sub(value, text)).partition(" ")
        return keyword.upper() + blank + rest

    def assign_env(self, body: Env) -> None:
        """ENV: all values of one instruction see the environment before it."""
        new = [(self.expand(p.key, p.span), self.expand(p.value or "", p.span), p.span) for p in body.pairs]
        for name, value, span in new:
            assignment = Assignment(name, value, "env", span)
            self._add(assignment)
            self.image_env[name] = assignment

    def declare_args(self, body: Arg) -> None:
        """ARG: `--build-arg` over the default over the global argument of that name [r07c-r07e, r11b]."""
        for pair in body.pairs:
            self._declare(pair)

    def _declare(self, pair: Pair) -> None:
        name = pair.key
        self.declared.add(name)
        value: str | None
        if name in self.build_args:
            origin, value = "build-arg", self.build_args[name]
        elif pair.value is not None:
            origin, value = "arg", self.expand(pair.value, pair.span)
        else:
            origin, value = "arg", self.global_args.get(name)
        if value is not None and name not in _NOT_IN_ENV:
            self._add(Assignment(name, value, "build-arg" if origin == "build-arg" else "arg", pair.span))

    def enter(self, path: str) -> None:
        """WORKDIR."""
        self.workdir = workdir(self.workdir, path)

    def freeze(self) -> Scope:
        """The scope as it is now."""
        if self._frozen is None:
            self._frozen = tuple(self.env.values())
        return Scope(self._frozen, self.workdir, self.user, self.shell, self.platform)
