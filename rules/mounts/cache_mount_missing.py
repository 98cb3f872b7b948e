"""An install or a build downloads everything again each time it runs, as it has no cache mount.

## What it finds

`npm ci`, `pip install -r`, `go mod download`, `go build`, `cargo build`, `mvn package`, `bundle install` and the like
in a RUN without a cache mount. One finding for a tool in a stage. Packages of the distribution (apt, apk, dnf …) are
asked for with the option `system`.

## Why it costs

When a step misses, it starts from nothing: one changed line in a lock file fetches all packages again, one changed
source file compiles all of them. What lies in a cache mount outlives the step and is no part of the image.

## When to allow it

On builders that are thrown away after each build and export no mounts, as hosted CI runners are, a cache mount is
empty each time. Installs of a few packages by name are left alone, and so are builds of single Go files without a
go.mod, and packages that the same RUN clones: they have nothing to download. Where the downloads stay in the image
itself, mounts/install-cache-in-layer speaks of it instead. hadolint's DL3042 (`--no-cache-dir`) and DL3060 are about
the image's size: with a mount, both are met, and the cache is kept.

## References

- https://docs.docker.com/build/cache/optimize/#use-cache-mounts
- hadolint/hadolint#1139
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run, Stage
from ...analyzer.graph import BuildGraph, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import CACHES, Command, Install, Opaque
from ...analyzer.shell.fetches import clones
from ...analyzer.source import Span
from ..brought import Brought, brought
from ..copies import is_whole
from ..download_caches import STORES, cache_mounts, fetches_much, is_moved, stays_in_image
from ..facts import Facts
from ..measured import measured
from ..reach import ancestors, later_steps, step_of
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule(
    "an install downloads everything again each time it runs",
    "info",
    aliases=("tally/prefer-package-cache-mounts",),
)


class Options(NamedTuple):
    """`system`: whether apt, apk, dnf and their like are asked for a cache mount too."""

    system: bool = False


class Evidence(NamedTuple):
    """The tool, and where the RUNs of the stage stand that use it without a cache; `system` is the option."""

    tool: str
    runs: tuple[Span, ...]
    system: bool = False


BAD = (
    Example("FROM node:22 AS build\nCOPY package*.json ./\nRUN «npm ci»\nFROM nginx\nCOPY --from=build /dist /www\n"),
    Example("FROM golang:1.25 AS build\nCOPY . .\nRUN «go build -o /app .»\nFROM scratch\nCOPY --from=build /app /\n"),
    Example("FROM python:3.13\nCOPY r.txt .\nRUN «pip install --no-cache-dir -r r.txt»\n"),
)
GOOD = (
    Example("FROM node:22\nCOPY package*.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    Example("FROM python:3.13\nRUN pip install gunicorn==23.0\n"),
    Example("FROM debian:13\nRUN apt-get update && apt-get install -y gcc\n"),
    Example("FROM golang:1.25 AS build\nRUN --mount=type=cache,target=/root/.cache/go-build go build ./...\n"),
    Example("FROM node:22 AS old\nRUN npm ci\nFROM node:22\n"),
    Example("FROM node:22\nONBUILD RUN npm ci\n"),
    Example("FROM golang:1.25\nCOPY main.go .\nRUN go build -o /app main.go\n"),
    Example("FROM golang:1.25\nCOPY main.go .\nCOPY assets .\nRUN go build -o /app main.go\n"),
    Example("FROM golang:1.25\nCOPY main.go go.mod ./\nRUN go build -o /app .\n"),
    Example("FROM golang:1.25\nENV GOFLAGS=-mod=vendor\nCOPY . .\nRUN go build ./...\n"),
    Example("FROM golang:1.25\nCOPY . .\nRUN go build -mod=vendor ./...\n"),
    Example("FROM rust:1.90 AS a\nCOPY . .\nRUN cargo build --offline\nFROM debian:13\nCOPY --from=a /a /a\n"),
    Example("FROM python:3.13\nRUN git clone -b v1.2 https://github.com/a/b && pip install --no-cache-dir ./b\n"),
    Example("FROM php:8\nRUN su - app -c 'cd /srv && composer install'\nFROM scratch\n"),
    Example("# escape=`\nFROM mcr.microsoft.com/dotnet/sdk\nRUN dotnet restore\n"),
)
_OTHER_USERS = frozenset({"su", "runuser", "sudo", "doas"})


class _Bare(NamedTuple):
    """An install without a cache mount, and the step that it is in."""

    step: Step
    install: Install


def check(stage: Stage, see: Facts, options: Options) -> Iterator[Diagnostic]:
    if see.dockerfile.escape != "\\":
        return
    by_tool: dict[str, list[_Bare]] = {}
    for instruction in stage.instructions:
        if isinstance(instruction.body, Run) and not cache_mounts(instruction.body):
            found = _bare(instruction, instruction.body, see, options)
            if found is not None:
                by_tool.setdefault(found.install.tool, []).append(found)
    for bare in by_tool.values():
        yield _told(bare, see, options)


def _bare(instruction: Instruction, run: Run, see: Facts, options: Options) -> _Bare | None:
    """The first install of a RUN that has to download much, None where it has none or another rule speaks of it."""
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return None
    installs = [one for one in see.installs(instruction) if fetches_much(one)]
    if options.system:
        installs += see.package_installs(instruction)
    installs = [one for one in installs if one.tool in CACHES and not _is_of_another_user(one)]
    step = step_of(instruction, see) if installs else None
    if step is not None and see.graph is not None:
        installs = [one for one in installs if not _needs_nothing(one, step, see.graph, read)]
    if (
        step is None
        or not installs
        or not step.used
        or any(stays_in_image(one, step.stage, run, see, read) for one in installs)
    ):
        return None
    return _Bare(step, installs[0])


def _is_of_another_user(install: Install) -> bool:
    """Whether a program runs the install as somebody whose home is not known."""
    return any(posixpath.basename(word.text) in _OTHER_USERS for word in install.command.wrappers)


def _needs_nothing(install: Install, step: Step, graph: BuildGraph, read: tuple[Command, ...]) -> bool:
    """Whether there is nothing to download: Go without modules or vendored, or a package cloned in the same RUN."""
    if install.tool == "go":
        if any(one.name == "GOFLAGS" and "-mod=vendor" in one.value for one in step.scope.env):
            return True
        sources, others = brought(graph, step)
        files = [posixpath.basename(word.text) for word in install.command.words if word.text.endswith(".go")]
        of_files = any(one.names(name) for one in sources for name in files)
        list_of_modules = "go.sum" if install.local and not _writes_sums(graph, step) else "go.mod"
        return bool(sources) and not others and not any(_may_bring(list_of_modules, one, of_files) for one in sources)
    return install.local and bool(clones(read))


def _may_bring(name: str, one: Brought, of_files: bool) -> bool:
    """Whether a source may bring a file; if the files of the build are copied by name, another folder does not."""
    return one.names(name) or (is_whole(one.taken) if of_files else one.is_broad)


def _writes_sums(graph: BuildGraph, step: Step) -> bool:
    """Whether a step before it makes a go.sum; without one, a build has no modules to fetch (go help go.sum)."""
    return any("go mod" in one.text or "go get" in one.text for one in (step, *ancestors(graph, step)))


def _told(bare: list[_Bare], see: Facts, options: Options) -> Diagnostic:
    step, install = bare[0]
    cache = CACHES[install.tool]
    if is_moved(cache, (one.name for one in step.scope.env)):
        cure = "mount its cache, `--mount=type=cache,target=…`"
    else:
        mounts = [f"--mount=type=cache,target={_at(folder, step)}" for folder in _folders(install)]
        locked = ",sharing=locked" if cache.locked else ""
        cure = f"add `{' '.join(mount + locked for mount in mounts)}`"
    off = next((word.text for word in install.command.words if word.text in cache.off), None)
    cure = f"{cure} and drop `{off}`" if off is not None else cure
    if install.tool in STORES:
        cure += ", to each RUN of the stage that uses what it fetches"
    after = later_steps(see.graph, step) if see.graph is not None else ""
    return Diagnostic(
        primary=install.command.span,
        message=f"`{install.name}` runs without a cache mount",
        cost=f"a miss re-runs it{after}, and it downloads everything anew{measured((step,), see)}",
        cure=cure,
        related=tuple(Related(one.install.command.span, f"so does `{one.install.name}`") for one in bare[1:]),
        confidence="medium",
        evidence=Evidence(install.tool, tuple(one.step.span for one in bare), options.system),
    )


def _folders(install: Install) -> tuple[str, ...]:
    """The folders to mount: those that the tool uses side by side."""
    folders = CACHES[install.tool].folders
    return folders if install.tool in ("go", "apt", "poetry") else folders[:1]


def _at(folder: str, step: Step) -> str:
    """The folder with the home of the user who runs the step."""
    user = (step.scope.user or "root").partition(":")[0]
    home = "/root" if user in ("root", "0") else f"/home/{user}"
    return home + folder[1:] if folder.startswith("~") else folder
