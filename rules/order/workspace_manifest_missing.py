"""The manifest of a workspace is copied for an install, and those of some of its members are not.

## What it finds

`COPY package.json package-lock.json ./` before `npm ci` where the package.json lists workspaces whose own manifests
no copy brings; the same for yarn, pnpm, bun, Cargo, go.work, uv, Maven modules, Gradle projects and the projects of a
solution. The members are read from the files in the context.

## Why it costs

npm, pnpm, yarn and Gradle leave out what the missing members ask for: it is fetched by a later install, after the
copy of the source, each time anything changes. Cargo, go, uv, Maven and dotnet stop.

## When to allow it

Where the image needs only some of the members, and the manifest at the root is changed on the way. Silent where the
command chooses among the members (`--workspace`, `--filter`, `--package`, a project by name), and where something is
copied from another stage to the same place, as after `turbo prune`.

## References

- https://docs.docker.com/reference/dockerfile/#copy---parents
- https://docs.npmjs.com/cli/using-npm/workspaces, https://doc.rust-lang.org/cargo/reference/workspaces.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.graph import BuildGraph, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.projects import Workspace, workspace
from ...analyzer.shell import Install, Opaque
from ..brought import Brought, ContextProject, brings, brought
from ..copies import fits
from ..facts import Facts
from ..reach import ancestors, counted, is_run
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("manifests of a workspace's members are not copied", "warning")


class Evidence(NamedTuple):
    """The step of the install and that which brings the manifest of the root, and the manifests that it lacks.

    `root` is the path of that manifest in the context.
    """

    step: int
    copy: int
    root: str
    missing: tuple[str, ...]


_NPM = {"package.json": '{"workspaces": ["pkg/*"]}', "package-lock.json": "{}"}
_CARGO = {"Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n', "Cargo.lock": "", "a/Cargo.toml": "", "b/Cargo.toml": ""}

BAD = (
    Example(
        "FROM node:22\nCOPY «package.json» package-lock.json ./\nRUN npm ci\n",
        {**_NPM, "pkg/a/package.json": "{}", "pkg/b/package.json": "{}"},
    ),
    Example("FROM rust:1\nCOPY «Cargo.toml» Cargo.lock ./\nCOPY a/Cargo.toml a/\nRUN cargo fetch\n", _CARGO),
)
GOOD = (
    Example(
        "FROM node:22\nCOPY package*.json ./\nCOPY pkg/a/package.json pkg/a/\nRUN npm ci\n",
        {**_NPM, "pkg/a/package.json": "{}"},
    ),
    Example(
        "FROM node:22\nCOPY --parents package*.json pkg/*/package.json ./\nRUN npm ci\n",
        {**_NPM, "pkg/a/package.json": "{}"},
    ),
    Example("FROM node:22\nCOPY package*.json ./\nRUN npm ci\n"),
    Example(
        "FROM node:22\nCOPY package*.json ./\nRUN npm ci --workspace=pkg/a\n", {**_NPM, "pkg/a/package.json": "{}"}
    ),
    Example("FROM node:22\nCOPY . .\nRUN npm ci\n", {**_NPM, "pkg/a/package.json": "{}"}),
    Example("FROM rust:1\nCOPY Cargo.* ./\nCOPY a a\nCOPY b b\nRUN cargo fetch\n", _CARGO),
)

# Options that choose among the members, or keep the workspace out.
_CHOOSES = (
    "--workspace", "--workspaces", "-w", "--filter", "-F", "--package", "-p", "--projects", "-pl", "-N",
    "--non-recursive", "--no-workspaces", "--manifest-path", "--ignore-workspace", "--workspace-root",
)  # fmt: skip
_KNOWN = frozenset({"npm", "yarn", "bun", "pnpm", "cargo", "uv", "go", "maven", "gradle", "dotnet"})


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    project: ContextProject | None = None
    reported: set[int] = set()
    for step in graph.steps:
        if not step.used or not is_run(step):
            continue
        for install in see.installs(step.instruction):
            if install.tool not in _KNOWN or not install.reads or _chooses(install, step):
                continue
            if see.context is None or not fits(graph, see.context):
                return
            project = project or ContextProject(see.context)
            for one in _missing(install, step, project, graph, see):
                if one.primary.start not in reported:
                    reported.add(one.primary.start)
                    yield one


def _chooses(install: Install, step: Step) -> bool:
    """Whether the command wants some of the members only, or none."""
    words = [word.text for word in install.command.words[1:]]
    if any(word.partition("=")[0] in _CHOOSES for word in words) or install.name in ("pnpm fetch", "cargo chef cook"):
        return True
    if install.tool == "uv" and {"--frozen", "--no-install-workspace"} <= set(words):
        return True
    if install.tool == "go":
        return any(one.name == "GOWORK" for one in step.scope.env)
    return install.tool == "dotnet" and any(not name.endswith((".sln", ".slnx")) for name in install.files)


def _missing(
    install: Install, step: Step, project: ContextProject, graph: BuildGraph, see: Facts
) -> Iterator[Diagnostic]:
    assert see.context is not None
    sources, others = brought(graph, step)
    place = posixpath.normpath(posixpath.join(step.scope.workdir, install.folder))
    if any(_is_at(posixpath.normpath(other), place) for other in others):
        return
    for folder in dict.fromkeys(posixpath.dirname(one.taken.path) for one in sources if one.folder == place):
        found = workspace(install.tool, folder, project)
        if found is None:
            continue
        root = next((one for one in sources if one.folder == place and brings(one, found.root, see.context)), None)
        missing = [path for path in found.members if not any(brings(one, path, see.context) for one in sources)]
        if root is not None and missing and not _edited(found, step, graph, see):
            yield _told(install, found, missing, root, step)
            return


def _is_at(dest: str, place: str) -> bool:
    return dest == place or dest.startswith(place.rstrip("/") + "/") or place.startswith(dest.rstrip("/") + "/")


def _edited(found: Workspace, step: Step, graph: BuildGraph, see: Facts) -> bool:
    """Whether a command before may change the manifest at the root, or is not read."""
    name = posixpath.basename(found.root)
    for other in (*ancestors(graph, step), step):
        if is_run(other):
            read = see.commands(other.instruction)
            if isinstance(read, Opaque) or any(
                name in word.text for command in read for word in command.words[1:] if "=" not in word.text
            ):
                return True
    return False


def _told(install: Install, found: Workspace, missing: list[str], root: Brought, step: Step) -> Diagnostic:
    shown = ", ".join(f"`{path}`" for path in missing[:3])
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    cost = (
        f"`{install.name}` stops at the first of {counted(len(missing), 'missing member')}"
        if found.fails
        else f"`{install.name}` leaves out what {len(missing)} of {counted(len(found.members), 'member')} ask for"
        ": that is fetched anew behind the copy of the source"
    )
    return Diagnostic(
        primary=root.span,
        message=f"`{found.root}` is brought in for `{install.name}` without {shown}{more}",
        cost=cost,
        cure=f"copy {'it' if len(missing) == 1 else 'them'} too, each to its own folder, as `COPY --parents` does",
        related=(Related(install.command.span, f"`{install.name}` runs here"),),
        confidence="high" if found.fails else "medium",
        evidence=Evidence(step.id, root.step.id, found.root, tuple(missing)),
    )
