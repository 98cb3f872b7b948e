"""What tools generate is part of what is copied.

## What it finds

A COPY, ADD or bind mount of a directory that takes in `node_modules`, `__pycache__`, `.venv`, `target` and the like:
those that lie in the context now, and those that a tool of the project will put there, where `.gitignore` names them
and `.dockerignore` does not.

## Why it costs

Every install, build or test run on a machine changes them: the step misses, and all behind it, though no source has
changed. Two machines never share the cache, and the files overwrite those that the build itself makes.

## When to allow it

Where the build is given what was built before: directories that a source names (`COPY dist/ …`) are not reported, and
`dist`, `build`, `out` and `vendor` only where git ignores them.

## References

- https://docs.docker.com/build/concepts/context/#dockerignore-files
- postmanlabs/httpbin#495, skupperproject/skupper-router#174
- corpus cases c08, c10 and c14
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.context import ContextError
from ...analyzer.graph import BuildGraph
from ...analyzer.named_tuple import NamedTuple
from ..facts import BuildContext, Facts
from ..measured import measured_from
from ..reach import later_steps
from ..rule import Diagnostic, Example, Related, Rule
from ..taken import GENERATED, Taken, taken

RULE = Rule("what tools generate is copied", "warning")


class Evidence(NamedTuple):
    """The directories that are copied, by their paths in the context, and the name of one that is not there yet."""

    paths: tuple[str, ...]
    coming: str = ""


BAD = (
    Example(
        "FROM node:22\nCOPY «.» /app\nRUN npm ci\n",
        {"package.json": "", "node_modules/x/index.js": "", ".dockerignore": ".git\n"},
    ),
    Example(
        "FROM rust:1\nCOPY «.» /src\n",
        {"Cargo.toml": "", "target/debug/x": "", ".dockerignore": "", ".gitignore": "/target\n"},
    ),
    Example(
        "FROM node:22\nCOPY «.» /app\n", {"package.json": "", ".dockerignore": ".git\n", ".gitignore": "node_modules\n"}
    ),
)
GOOD = (
    Example(
        "FROM node:22\nCOPY . /app\n", {"package.json": "", "node_modules/x": "", ".dockerignore": "node_modules\n"}
    ),
    Example("FROM node:22\nCOPY dist /app\n", {"package.json": "", "dist/x.js": "", ".gitignore": "dist\n"}),
    Example("FROM node:22\nCOPY node_modules /app/node_modules\n", {"node_modules/x": ""}),
    Example("FROM php:8\nCOPY . /app\n", {"composer.json": "", "vendor/x.php": "", ".dockerignore": ""}),
    Example("FROM node:22\nCOPY src /app\n", {"package.json": "", "node_modules/x": "", "src/a.js": ""}),
)

# Directories that are generated only beside one of these files, or where git ignores them.
_BESIDE = {
    "target": ("Cargo.toml", "pom.xml", "build.sbt"),
    "bin": (".csproj", ".fsproj"),
    "obj": (".csproj", ".fsproj"),
    "_build": ("mix.exs", "rebar.config", "dune-project"),
    "deps": ("mix.exs",),
}
_WHERE_IGNORED = frozenset({"dist", "build", "out", "vendor", "coverage", ".cache", "tmp", "log", "logs"})
_COMING = (("package.json", "node_modules"), ("Cargo.toml", "target"), ("pom.xml", "target"), ("mix.exs", "deps"))


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None:
        return
    found = [one for one in taken(see) if one.node.kind == "dir" and _is_generated(one, see.context)]
    coming = _coming(see, see.context)
    if not found and coming is None:
        return
    paths = [one.path for one in found]
    names = list(dict.fromkeys(path.rpartition("/")[2] for path in paths))
    first = found[0] if found else None
    if first is None:
        assert coming is not None
        first, name = coming
        names = [name]
    listed = " and ".join(f"`{path}`" for path in paths[:3]) if paths else f"`{names[0]}`"
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    nested = any("/" in path for path in paths)
    lines = " and ".join(f"`{'**/' if nested else ''}{name}`" for name in names[:4])
    into = f"`{see.context.ignore_file}`" if see.context.ignore_file else "a new `.dockerignore`"
    took = measured_from(first.step, see)
    yield Diagnostic(
        primary=first.span,
        message=f"`{first.text}` takes {listed}{more} in" + ("" if found else ", once it is there"),
        cost=f"every install or build on this machine re-runs this step{later_steps(graph, first.step)}{took}",
        cure=f"list {lines} in {into}",
        related=tuple(Related(one.span, f"takes `{one.path}` in") for one in _others(found)),
        confidence="high" if found else "medium",
        evidence=Evidence(tuple(paths), "" if found else names[0]),
    )


def _others(found: list[Taken]) -> list[Taken]:
    by_span = {one.span: one for one in reversed(found)}
    return [one for one in by_span.values() if found and one.span != found[0].span]


def _is_generated(one: Taken, context: BuildContext) -> bool:
    folder, _, name = one.path.rpartition("/")
    if one.named:
        return False
    if name in GENERATED:
        return name != "venv" or "pyvenv.cfg" in context.context.tree.children(one.path)
    if name in _BESIDE:
        beside = context.context.tree.children(folder)
        return any(other.endswith(mark) for other in beside for mark in _BESIDE[name])
    return name in _WHERE_IGNORED and _git_ignores(context, name) and not folder


def _coming(see: Facts, context: BuildContext) -> tuple[Taken, str] | None:
    """What a tool of the project will put into the context, and the source that will take it."""
    if context.ignore_file is None:
        return None
    whole = next((one for one in taken(see) if one.whole), None)
    here = context.context.tree.children("")
    for mark, name in _COMING:
        if whole is not None and mark in here and name not in here and _git_ignores(context, name):
            excluded = context.context.ignore.excluded(name)
            return None if excluded or _is_excepted(whole, name) else (whole, name)
    return None


def _is_excepted(whole: Taken, name: str) -> bool:
    from ...analyzer.context import Ignore

    exclude = getattr(whole.step.op, "exclude", ())
    return bool(exclude) and Ignore(exclude).excluded(name)


def _git_ignores(context: BuildContext, name: str) -> bool:
    """Whether the root's .gitignore names a directory."""
    try:
        text = context.context.tree.read(".gitignore").decode("utf-8", "replace")
    except (OSError, ContextError):
        return False
    return any(line.strip().strip("/").removeprefix("**/") == name for line in text.splitlines())
