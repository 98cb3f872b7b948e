"""A manifest is copied for an install, and the lock file beside it is not.

## What it finds

`COPY package.json ./` before `npm ci`, `COPY Cargo.toml .` before `cargo fetch --locked` and the like: installs that
insist on a lock file. Other installs are reported where the context holds the lock file, and no copy before the
install brings it, or the ignore file keeps it away.

## Why it costs

What is not copied is in no key: a changed lock file runs nothing again, and the cache goes on serving the packages of
the old one. When the step does run, it picks the newest versions, which nobody has tried, or it stops.

## When to allow it

Where the image is meant to follow the newest versions. Silent where another step may make the lock file, and where
something is copied from another stage to the same place.

## References

- https://docs.npmjs.com/cli/commands/npm-ci
- https://docs.docker.com/build/cache/optimize/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.context import ContextError
from ...analyzer.graph import BuildGraph, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Install, Opaque, run_text
from ...analyzer.source import Span
from ..brought import Brought, brings, brought
from ..copies import fits
from ..facts import BuildContext, Facts
from ..reach import ancestors, is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("a manifest is copied without its lock file", "warning")


class Evidence(NamedTuple):
    """The step and the source that bring the manifest, and the path of the lock file, "" where it is not sent."""

    copy: int
    source: Span
    lock: str
    install: str


class _Pair(NamedTuple):
    manifest: str
    locks: tuple[str, ...]


_PAIRS: dict[str, _Pair] = {
    "npm": _Pair("package.json", ("package-lock.json", "npm-shrinkwrap.json")),
    "yarn": _Pair("package.json", ("yarn.lock",)),
    "pnpm": _Pair("package.json", ("pnpm-lock.yaml",)),
    "bun": _Pair("package.json", ("bun.lock", "bun.lockb")),
    "deno": _Pair("deno.json", ("deno.lock",)),
    "pipenv": _Pair("Pipfile", ("Pipfile.lock",)),
    "poetry": _Pair("pyproject.toml", ("poetry.lock",)),
    "uv": _Pair("pyproject.toml", ("uv.lock",)),
    "pdm": _Pair("pyproject.toml", ("pdm.lock",)),
    "pixi": _Pair("pixi.toml", ("pixi.lock",)),
    "go": _Pair("go.mod", ("go.sum",)),
    "cargo": _Pair("Cargo.toml", ("Cargo.lock",)),
    "gradle": _Pair("build.gradle", ("gradle.lockfile",)),
    "bundler": _Pair("Gemfile", ("Gemfile.lock",)),
    "composer": _Pair("composer.json", ("composer.lock",)),
    "mix": _Pair("mix.exs", ("mix.lock",)),
    "rebar": _Pair("rebar.config", ("rebar.lock",)),
    "dart": _Pair("pubspec.yaml", ("pubspec.lock",)),
    "swift": _Pair("Package.swift", ("Package.resolved",)),
    "stack": _Pair("stack.yaml", ("stack.yaml.lock",)),
    "cabal": _Pair("cabal.project", ("cabal.project.freeze",)),
}

BAD = (
    Example("FROM node:22\nWORKDIR /app\nCOPY «package.json» ./\nRUN npm ci\n"),
    Example("FROM rust:1\nWORKDIR /app\nCOPY «Cargo.toml» ./\nCOPY src src\nRUN cargo build --locked\n"),
    Example(
        "FROM golang:1.25\nWORKDIR /src\nCOPY «go.mod» .\nRUN go mod download\nCOPY . .\n",
        {"go.mod": "", "go.sum": "", "main.go": ""},
    ),
    Example(
        "FROM node:22\nCOPY «package*.json» ./\nRUN npm install\n",
        {"package.json": "", "package-lock.json": "", ".dockerignore": "*-lock.json\n"},
    ),
)
GOOD = (
    Example("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n"),
    Example("FROM node:22\nCOPY package*.json ./\nRUN npm ci\n"),
    Example("FROM node:22\nCOPY package.json ./\nRUN npm install\n"),
    Example("FROM node:22\nCOPY . .\nRUN npm ci\n"),
    Example("FROM golang:1.25\nCOPY go.mod .\nRUN go mod download\n", {"go.mod": "", "main.go": ""}),
    Example("FROM node:22\nCOPY package.json ./\nRUN npm install --package-lock-only && npm ci\n"),
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    seen: set[tuple[int, str]] = set()
    for step in graph.steps:
        if not step.used or not is_run(step):
            continue
        for install in see.installs(step.instruction):
            pair = _PAIRS.get(install.tool)
            if pair is None or not install.reads or f"`{pair.manifest}`" not in install.reads:
                continue
            if not install.strict and see.context is None:
                continue
            for one in _without_lock(install, pair, step, graph, see):
                if (one.primary.start, install.tool) not in seen:
                    seen.add((one.primary.start, install.tool))
                    yield one


def _without_lock(install: Install, pair: _Pair, step: Step, graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    sources, others = brought(graph, step)
    place = posixpath.normpath(posixpath.join(step.scope.workdir, install.folder))
    manifest = next((one for one in reversed(sources) if one.names(pair.manifest) and one.folder == place), None)
    if manifest is None or any(_reaches(other, place, pair) for other in others):
        return
    context = see.context if see.context is not None and fits(graph, see.context) else None
    folder = posixpath.dirname(manifest.taken.path)
    there = [name for name in pair.locks if context is not None and _is_there(folder, name, context)]
    if not there and not install.strict:
        return
    for one in sources:
        broad = one.is_broad and (one.taken.parents or _reaches(one.dest, place, pair))
        if not broad and not any(one.names(name) for name in pair.locks):
            continue
        if context is None or not there or any(brings(one, _path(folder, name), context) for name in there):
            return
    if _may_make(install, pair, step, graph, see):
        return
    yield _told(install, there, pair, manifest, context)


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _reaches(dest: str, place: str, pair: _Pair) -> bool:
    """Whether what is copied to a path may put a lock file where the install runs."""
    dest = posixpath.normpath(dest)
    return dest == place or place.startswith(dest.rstrip("/") + "/") or posixpath.basename(dest) in pair.locks


def _is_there(folder: str, name: str, context: BuildContext) -> bool:
    try:
        return name in context.context.tree.children(folder)
    except ContextError:
        return False


def _may_make(install: Install, pair: _Pair, step: Step, graph: BuildGraph, see: Facts) -> bool:
    """Whether a command before the install may make the lock file."""
    for other in (*ancestors(graph, step), step):
        if not is_run(other):
            continue
        if any(name in run_text(other.instruction) for name in pair.locks):
            return True
        read = see.commands(other.instruction)
        if isinstance(read, Opaque):
            return True
        for command in read:
            if other is step and command.span.start >= install.command.span.start:
                break
            words = [word.text for word in command.words[1:]]
            if command.program == install.command.program and not _BESIDES.intersection(words):
                return True
            if command.program == "git" and "clone" in words:
                return True
    return False


_BESIDES = frozenset({"config", "set", "-g", "--global", "--version", "-v", "cache", "global", "env", "self", "target"})


def _told(
    install: Install, there: list[str], pair: _Pair, manifest: Brought, context: BuildContext | None
) -> Diagnostic:
    lock = there[0] if there else pair.locks[0]
    path = _path(posixpath.dirname(manifest.taken.path), lock)
    cost = (
        f"`{install.name}` stops without it"
        if install.strict
        else f"a changed `{lock}` re-runs nothing, and `{install.name}` picks the newest versions whenever it does run"
    )
    ignored = context is not None and context.context.ignore.excluded(path)
    return Diagnostic(
        primary=manifest.span,
        message=f"`{manifest.text}` is brought in for `{install.name}` without `{lock}`",
        cost=cost,
        cure=f"let `{lock}` through in the ignore file" if ignored else f"copy `{lock}` with it",
        related=(Related(install.command.span, f"`{install.name}` runs here"),),
        confidence="high" if install.strict else "medium",
        evidence=Evidence(manifest.step.id, manifest.span, path if there and not ignored else "", install.name),
    )
