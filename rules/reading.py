"""Which instructions read a variable: by naming it, or perhaps by running a program that looks at its environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ..analyzer.dockerfile import names
from ..analyzer.dockerfile.syntax import Arg, Env, Instruction, Onbuild, Run, Stage
from ..analyzer.graph import BuildGraph
from ..analyzer.shell import Opaque, harmless, run_text
from .facts import Facts

Reading = Literal["yes", "perhaps", "no"]

# Variables that programs, package managers and compilers read of themselves.
_IMPLICIT = re.compile(
    r"(?i:https?_proxy|ftp_proxy|no_proxy|all_proxy|rsync_proxy)|DEBIAN_FRONTEND|DEBIAN_PRIORITY|DEBCONF_\w+|UCF_\w+|NEEDRESTART_\w+"
    r"|TZ|LANG|LANGUAGE|LC_\w+|TERM|PATH|HOME|USER|SHELL|PAGER|EDITOR|TMPDIR|TEMP|IFS|PWD|HOSTNAME|DISPLAY"
    r"|LD_\w+|LIBRARY_PATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|PKG_CONFIG\w*|ACLOCAL_PATH|SOURCE_DATE_EPOCH"
    r"|(?:C|CXX|CPP|LD|F|FC|AS|AR|OBJC|MAKE|CONFIGURE_?|HOST|BUILD_?)?FLAGS|CC|CXX|CPP|AR|AS|LD|RANLIB|STRIP|MAKE|JOBS"
    r"|(?:PIP|NPM|YARN|PNPM|BUN|NODE|COREPACK|NVM|N|UV|POETRY|PDM|PIPENV|CONDA|MAMBA|PYTHON|VIRTUAL|PYTORCH|TORCH|CUDA"
    r"|NVIDIA|GO|CGO|CARGO|RUST|RUSTUP|SCCACHE|CCACHE|MAVEN|MVN|GRADLE|JAVA|JDK|SBT|BUNDLE|GEM|RUBY|RAILS|RAKE|COMPOSER"
    r"|PHP|DOTNET|NUGET|MSBUILD|MIX|HEX|ERL|ELIXIR|STACK|CABAL|GHCUP|CMAKE|MESON|NINJA|VCPKG|CONAN|BAZEL|PUPPETEER|PLAYWRIGHT"
    r"|CYPRESS|SENTRY|ELECTRON|NEXT|VITE|REACT_APP|NUXT|GATSBY|VUE_APP|HOMEBREW|APT|APK|DNF|ANDROID|GRADLE|FLUTTER|PUB|DENO|TURBO|NX"
    r"|SSH|GPG|GNUPG|CURL|WGET|SSL|REQUESTS_CA|OPENSSL|AWS|GOOGLE|GCLOUD|AZURE|GH|GITHUB|HF|HUGGINGFACE|TRANSFORMERS"
    r"|BUILDKIT|DOCKER|S6|SETUPTOOLS|SKBUILD|TF|XDG|QT|R|JULIA|OPAM|PERL|CPAN|LUA|LUAROCKS|ZIG|DART|DOCKERIZE|KUBE)_\w+"
    r"|GIT_(?:DIR|WORK_TREE|SSH\w*|SSL\w*|TERMINAL_PROMPT|CONFIG\w*|AUTHOR_\w+|COMMITTER_\w+|ASKPASS|TRACE\w*|LFS_\w+)"
    r"|GO\w+|PYTHON\w+|NODE|CI|DEBUG|VERBOSE|NO_COLOR|FORCE_COLOR"
)


def is_implicit(name: str) -> bool:
    """Whether well-known programs read the variable without being told to."""
    return _IMPLICIT.fullmatch(name) is not None


def reading(instruction: Instruction, name: str, see: Facts) -> Reading:
    """Whether an instruction reads the variable; `perhaps` where it runs a program that might look at it."""
    body = instruction.body
    if isinstance(body, Onbuild):
        return reading(body.trigger, name, see)
    if isinstance(body, Run):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", instruction.text + run_text(instruction)):
            return "yes"
        read = see.commands(instruction)
        if isinstance(read, Opaque):
            return "perhaps"
        known = [
            install.command for install in see.installs(instruction) if not install.local and install.sure == "high"
        ]
        return "no" if all(harmless(command) or command in known for command in read) else "perhaps"
    if name in names(instruction.text, see.dockerfile.escape):
        return "yes"
    bodies = "".join(heredoc.content for heredoc in instruction.heredocs if heredoc.expand)
    return "yes" if name in names(bodies, see.dockerfile.escape) else "no"


def children(graph: BuildGraph, see: Facts, stage: int) -> tuple[Stage, ...]:
    """The stages that are based on a stage, and those based on them, in the order of the file."""
    below = {stage}
    for info in graph.stages:
        if info.base in below and isinstance(info.base, int):
            below.add(info.number)
    return tuple(one for one in see.dockerfile.stages if one.index in below and one.index != stage)


def behind(graph: BuildGraph, see: Facts, declared: Instruction) -> Iterator[Instruction]:
    """The instructions for which a declaration is in effect: later ones of its stage, then those of its children."""
    yield from see.dockerfile.stages[declared.stage].instructions[declared.index + 1 :]
    for stage in children(graph, see, declared.stage):
        yield from stage.instructions[1:]


def declarations(see: Facts) -> Iterator[tuple[Instruction, Arg]]:
    """Every ARG inside a stage."""
    for stage in see.dockerfile.stages:
        for instruction in stage.instructions:
            if isinstance(instruction.body, Arg):
                yield instruction, instruction.body


def carried(instructions: tuple[Instruction, ...], name: str, see: Facts) -> frozenset[str]:
    """The variable and those that ENV and ARG instructions make of it."""
    known = {name}
    for instruction in instructions:
        if isinstance(instruction.body, Env | Arg):
            for pair in instruction.body.pairs:
                if pair.value and known & set(names(pair.value, see.dockerfile.escape)):
                    known.add(pair.key)
    return frozenset(known)
