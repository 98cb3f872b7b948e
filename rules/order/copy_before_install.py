"""A COPY or ADD brings source code before dependencies are installed that need only the manifests.

## What it finds

`COPY . .`, a source directory or a source file that stands, in the same stage or in one that it is based on, before a
RUN that installs dependencies (`npm ci`, `pip install -r`, `go mod download`, `bundle install` …). A build that fetches
them by itself (`cargo build`, `go build`) is one too, where its lock file in the context names some and no mount keeps
them; with low confidence, also where that is not known.

## Why it costs

A step is looked up by the step that it stands on. Any change of any copied file makes the COPY miss, and the install
after it, although nothing that it reads has changed: it is the step that takes longest.

## When to allow it

Where the install builds what was copied (a local package, a `postinstall` script that compiles the project). It is
silent where that can be seen: `pip install .`, `npm install ./pkg`, a requirements file with `-e .`, path dependencies,
a package.json with such a script, its own or that of a workspace's member. It is silent as well where the dependencies
were installed above the copy from the same manifests, and the install behind it only adds the project (`uv sync
--no-install-project`, the copy, `uv sync`); and where git tells that of the last commits, ten or more changed what is
copied or what the install reads, and none the former alone.

## References

- https://docs.docker.com/build/cache/optimize/
- BuildKit v0.32, solver/edge.go: a RUN's root file system has no content key, only the key of the step that made it
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...analyzer.context import ContextError
from ...analyzer.dockerfile.syntax import Copy, Run
from ...analyzer.graph import BuildGraph, CopyOp, RunOp, Step, StepOrigin, inputs
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.projects import workspace
from ...analyzer.shell import CACHES, Command, Install, Opaque, harmless
from ..brought import Brought, ContextProject, brought, context_path
from ..copies import Broad, broad_sources, context_sources
from ..download_caches import cache_mounts, serves
from ..facts import Facts
from ..measured import changed, measured
from ..reach import ancestors, counted, following, is_copy, is_run
from ..rule import CONFIDENCES, Confidence, Diagnostic, Example, Related, Rule
from ..worth import never_pays

RULE = Rule("source code is copied before dependencies are installed", "warning")


class Evidence(NamedTuple):
    """The step of the copy and those of the installs, by their ids in the graph."""

    copy: int
    installs: tuple[int, ...]


BAD = (
    Example("FROM node:22\nWORKDIR /app\n«COPY . .»\nRUN npm ci\nCMD npm start\n"),
    Example("FROM python:3.13\n«COPY . /app»\nRUN cd /app && pip install -r requirements.txt\n"),
    Example("FROM golang:1.25 AS base\n«COPY src/ /src/»\nFROM base\nRUN cd /src && go mod download\n"),
    Example(
        "FROM python:3.13\n«COPY . .»\nRUN pip install -r requirements.txt\n",
        {"requirements.txt": "flask\n", "app.py": ""},
    ),
)
GOOD = (
    Example("FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"),
    Example("FROM python:3.13\nCOPY . /app\nRUN pip install /app\n"),
    Example(
        "FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt\n",
        {"requirements.txt": "-e .\n", "app.py": ""},
    ),
)


class _Found(NamedTuple):
    copies: list[tuple[Step, Broad]]
    installs: list[tuple[Step, Install]]
    confidence: Confidence


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    broad: dict[int, tuple[Broad, ...]] = {}
    found: list[_Found] = []
    reported: dict[int, _Found] = {}
    for step in graph.steps:
        if not step.used or not is_run(step):
            continue
        installs = [one for one in see.installs(step.instruction) if not one.local or one.fetch]
        if not installs:
            continue
        before = ancestors(graph, step)
        copies: list[tuple[Step, Broad]] = []
        for other in before:
            if is_copy(other):
                if other.id not in broad:
                    broad[other.id] = broad_sources(other, see.context)
                copies += [(other, one) for one in broad[other.id]]
        if not copies:
            continue
        for install in installs:
            if any(_reads_copied(install, step, copy, see) for copy, _ in copies):
                continue
            if _is_second(install, step, copies[0][0], graph, see):
                continue
            confidence = _confidence(install, step, copies, before, see)
            known = reported.get(copies[0][0].id) if confidence != "low" else None
            if known is not None:
                known.installs.append((step, install))
                continue
            known = _Found(copies, [(step, install)], confidence)
            found.append(known)
            if confidence != "low":
                for copy, _ in copies:
                    reported.setdefault(copy.id, known)
    for one in found:
        if not _never_pays(one, graph, see):
            yield _told(one, graph, see)


def _never_pays(found: _Found, graph: BuildGraph, see: Facts) -> bool:
    """Whether on none of the last commits an install above the copies would have stayed in the cache."""
    copies = {copy.id for copy, _ in found.copies}
    for step, install in found.installs:
        before = [one for one in ancestors(graph, step) if is_copy(one)]
        moved, kept = ([one for one in before if (one.id in copies) is wanted] for wanted in (True, False))
        files = _manifests(install, step, graph)
        if (install.reads and not files) or not never_pays(moved, kept, files, see):
            return False
    return True


def _is_second(install: Install, step: Step, copy: Step, graph: BuildGraph, see: Facts) -> bool:
    """Whether the dependencies are there already: installed above the copy, or in a stage that is copied from.

    `npm ci` is never second: it removes what is there. Nor is an install whose manifests are others in the context.
    """
    if not install.reads or install.name == "npm ci":
        return False
    before, wanted = ancestors(graph, step), _manifests(install, step, graph)
    done = [one for one in before if one.id < copy.id and is_run(one)]
    for other in before:
        if is_copy(other):
            for origin, _ in inputs(other):
                if isinstance(origin, StepOrigin) and origin.step is not None:
                    done += [*ancestors(graph, graph.steps[origin.step]), graph.steps[origin.step]]
    same = [
        (first, one)
        for one in done
        if is_run(one)
        for first in see.installs(one.instruction)
        if first.tool == install.tool and first.reads
    ]
    return any(
        not wanted or first.name == _COOKED or not (read := _manifests(first, one, graph)) or wanted & read
        for first, one in same
    )


# It compiles what a list says that is made of the manifests.
_COOKED = "cargo chef cook"


def _manifests(install: Install, step: Step, graph: BuildGraph) -> frozenset[str]:
    """Where in the context the manifests of an install lie, as far as the copies before it tell."""
    place = posixpath.join(step.scope.workdir, install.folder)
    names = install.files or tuple(name.strip("`") for name in install.reads)
    wanted = [posixpath.normpath(posixpath.join(place, name)) for name in names]
    found = (_taken_as(path, one) for one in brought(graph, step)[0] for path in wanted)
    return frozenset(path for path in found if path is not None)


def _taken_as(path: str, one: Brought) -> str | None:
    """Where in the context the file lies that a source brings to a path; None where it does not name it."""
    folder, name = posixpath.split(path)
    if one.taken.parents:
        return None
    if one.is_broad:
        return context_path(one, path)
    if not one.names(name) or one.folder != folder:
        return None
    return one.taken.path if one.landing == name else posixpath.join(posixpath.dirname(one.taken.path), name)


def _confidence(
    install: Install, step: Step, copies: list[tuple[Step, Broad]], before: tuple[Step, ...], see: Facts
) -> Confidence:
    """The least sure of all that the finding rests on."""
    sources: tuple[Confidence, ...] = tuple(one.sure for _, one in copies)
    fetching = any(_fetches(install, step, copy, see) for copy, _ in copies)
    levels: list[Confidence] = ["medium" if fetching else install.sure, max(sources, key=CONFIDENCES.index)]
    first = copies[0][0].id
    dests = tuple(copy.op.dest.rstrip("/.") + "/" for copy, _ in copies if isinstance(copy.op, CopyOp))
    for other in (*(one for one in before if one.id > first and is_run(one)), step):
        read = see.commands(other.instruction)
        if isinstance(read, Opaque):
            levels.append("low")
            continue
        for command in read:
            if other is step and command.span == install.command.span:
                break
            if runs_project(command, other.scope.workdir, dests):
                levels.append("low")
    if not install.command.certain:
        levels.append("medium")
    return min(levels, key=CONFIDENCES.index)


# What the lock file of a build that fetches by itself says of something that is fetched, and the file that says that
# it lies in the project.
_FETCHED = {
    "cargo": (("Cargo.lock", r"^source\s*="), (".cargo/config.toml", r"replace-with|^offline\s*=\s*true")),
    "go": (("go.sum", r"\S"), ("vendor/modules.txt", "")),
}


def _fetches(install: Install, step: Step, copy: Step, see: Facts) -> bool:
    """Whether a build surely fetches packages that no mount keeps: its lock file, read in the context, names some."""
    if not install.fetch or install.tool not in _FETCHED:
        return False
    run = step.instruction.body
    if not isinstance(run, Run) or any(serves(mount, CACHES[install.tool]) for mount in cache_mounts(run)):
        return False
    place = posixpath.join(step.scope.workdir, install.folder)
    fetched, kept = (
        any(re.search(wanted, text, re.MULTILINE) for text in _texts(posixpath.join(place, name), copy, see))
        for name, wanted in _FETCHED[install.tool]
    )
    return fetched and not kept


_SCRIPT = r".*\.(?:sh|bash|py|pl|rb|js)"


def runs_project(command: Command, workdir: str, dests: tuple[str, ...]) -> bool:
    """Whether a command runs something that may have been copied, and that the install may rest on."""
    if not command.words or harmless(command):
        return False
    program, words = command.program, [word.text for word in command.words]
    if program in ("source", "."):
        return not (len(words) > 1 and words[1].endswith("/activate"))
    if program in ("sh", "bash"):
        return any(not word.startswith("-") for word in words[1:])
    if program in ("python", "python3", "node", "perl", "ruby"):
        return any(re.fullmatch(_SCRIPT, word) for word in words[1:2])
    if program in ("make", "configure", "tox", "rake"):
        return True
    path = posixpath.normpath(posixpath.join(workdir, words[0]))
    return "/" in words[0] and "/bin/" not in path and path.startswith(dests)


# What the install needs of what was copied ---------------------------------------------------------------------

# A dependency that lies in the project, or a script that runs with the install and may read the project.
_IN_PROJECT = r"\"(?:file|link|portal):"
_RUNS_WITH_INSTALL = (
    r"\"(?:(?:pre|post)?install|prepare)\"\s*:\s*"
    r"\"(?!husky|lefthook|simple-git-hooks|is-ci|patch-package|npx only-allow)"
)
_NPM_LOCAL = f"{_IN_PROJECT}|{_RUNS_WITH_INSTALL}"
_LOCAL_LINES = {
    "pip": (r"^\s*(?:-e|--editable)[ =]*(?![\w+]+://|git\+)|^\s*(?:\./|\.\./|\.\s*$|file:)|@ file:", ()),
    "npm": (_NPM_LOCAL, ("package.json",)),
    "bundler": (r"^\s*gemspec\b|\bpath[: ]", ("Gemfile",)),
    "go": (r"=>\s*\.{1,2}/|^\s*use\b", ("go.mod", "go.work")),
    "composer": (r"\"type\"\s*:\s*\"path\"", ("composer.json",)),
    "poetry": (r"\bpath\s*=\s*[\"']", ("pyproject.toml",)),
    "uv": (r"\bpath\s*=\s*[\"']|\bworkspace\s*=\s*true", ("pyproject.toml",)),
}
_LIKE = {"uv pip": "pip", "yarn": "npm", "pnpm": "npm", "bun": "npm", "pdm": "poetry"}


def _reads_copied(install: Install, step: Step, copy: Step, see: Facts) -> bool:
    """Whether a manifest, read in the context, says that the install takes in something of the project itself."""
    known = _LOCAL_LINES.get(_LIKE.get(install.tool, install.tool))
    if known is None:
        return False
    pattern, names = known
    if pattern is _NPM_LOCAL and any(word.text == "--ignore-scripts" for word in install.command.words):
        pattern = _IN_PROJECT
    place = posixpath.join(step.scope.workdir, install.folder)
    texts = [text for name in (*install.files, *names) for text in _texts(posixpath.join(place, name), copy, see)]
    if names == ("package.json",):
        texts += _member_texts(install.tool, place, copy, see)
    return any(re.search(pattern, text, re.MULTILINE) for text in texts)


def _member_texts(tool: str, place: str, copy: Step, see: Facts) -> Iterator[str]:
    """The manifests of a workspace's members, the scripts of which run with its install."""
    if see.context is None:
        return
    project = ContextProject(see.context)
    for path in _copied_as(posixpath.join(place, "package.json"), copy):
        found = workspace(tool, posixpath.dirname(path), project)
        yield from (text for one in (() if found is None else found.members) if (text := project.text(one)) is not None)


def _texts(path: str, copy: Step, see: Facts) -> Iterator[str]:
    """The text of the file that a copy puts at a path of the image."""
    if see.context is None:
        return
    for source in _copied_as(path, copy):
        try:
            data = see.context.context.tree.read(source)
        except (FileNotFoundError, ContextError, OSError):
            continue
        yield data.decode("utf-8", "replace")


def _copied_as(path: str, copy: Step) -> Iterator[str]:
    """Where in the context a file may lie that a copy puts at a path of the image."""
    if not isinstance(copy.op, CopyOp):
        return
    dest = copy.op.dest.rstrip("/").removesuffix("/.")
    path = posixpath.normpath(path)
    if path.startswith(dest + "/"):
        yield from (posixpath.join(source.selection.path, path[len(dest) + 1 :]) for source in copy.op.sources)


# The message ---------------------------------------------------------------------------------------------------


def _told(found: _Found, graph: BuildGraph, see: Facts) -> Diagnostic:
    copy, broad = found.copies[0]
    step, install = next((one for one in found.installs if one[1].reads), found.installs[0])
    body = copy.instruction.body
    assert isinstance(body, Copy) and isinstance(step.op, RunOp)
    needs = f"which needs only {_needs(install, step, graph, see)}" if install.reads else "which needs none of it"
    if install.fetch and install.sure == "low":
        needs = f"which fetches what {_needs(install, step, graph, see)} ask for each time it runs"
    related = [Related(one.command.span, f"`{one.name}` runs here") for _, one in found.installs]
    related += [
        Related(other.span, f"`{other.instruction.keyword} {one.text}` stands before it too")
        for other, one in found.copies[1:]
        if other.id != copy.id
    ]
    text = " ".join(copy.instruction.text.split())
    name = f"`{text if len(text) <= 60 else text[:59] + '…'}`"
    does = "brings the whole build context in" if broad.whole else "stands"
    change = "any change in the context" if broad.whole else "any change in what it copies"
    later = following(graph, copy)
    took = measured(later, see)
    return Diagnostic(
        primary=copy.instruction.span,
        message=f"{name} {does} before `{install.name}`, {needs}",
        cost=(
            f"{change} re-runs {counted(len(later), 'later step')}{took}, `{install.name}` among them"
            if len(later) > 1
            else f"{change} re-runs `{install.name}`{took}"
        )
        + changed((taken for _, _, taken in context_sources(copy)), see),
        cure=_cure(install, step, graph, see),
        related=tuple(related),
        confidence=found.confidence,
        evidence=Evidence(copy.id, tuple(dict.fromkeys(one.id for one, _ in found.installs))),
    )


def _needs(install: Install, step: Step, graph: BuildGraph, see: Facts) -> str:
    """The manifests that an install needs, those of a workspace's members among them."""
    place = posixpath.join(step.scope.workdir, install.folder)
    if see.context is not None and install.tool in ("npm", "yarn", "pnpm", "bun", "cargo", "uv", "go", "maven"):
        project = ContextProject(see.context)
        for one in brought(graph, step)[0]:
            folder = context_path(one, posixpath.join(place, "x"))
            if folder is not None and workspace(install.tool, posixpath.dirname(folder), project) is not None:
                return f"{_list(install.reads)} and the manifests of the workspace's members"
    return _list(install.reads)


def _cure(install: Install, step: Step, graph: BuildGraph, see: Facts) -> str:
    if install.hint:
        steps = install.hint
    elif install.reads:
        steps = f"copy {_needs(install, step, graph, see)} alone before `{install.name}`, and the rest after it"
    else:
        steps = f"move `{install.name}` above the copy"
    read = see.commands(step.instruction)
    if install.hint and install.reads:
        steps = f"copy {_needs(install, step, graph, see)} alone first, the rest after it, and {steps}"
    if not isinstance(read, Opaque) and len(read) > 1:
        behind = [one for one in read if one.span.start > install.command.span.start and not harmless(one)]
        if behind and all(one.command.span != behind[0].span for one in see.installs(step.instruction)):
            rest = " ".join(word.text for word in behind[0].words[:3])
            steps += f"; give `{rest}` a RUN of its own behind that"
    return steps


def _list(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
