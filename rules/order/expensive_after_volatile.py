"""A long step stands behind a copy of source code that it does not read.

## What it finds

`apt-get install`, `apk add`, a download by curl or wget, a `git clone`, a download of a browser or a model, that runs
after `COPY . .`, a copy of a source directory, or an ADD of a branch or of `latest`; the first one is reported, with
those behind the same copy as related places. Also, where the context is known, a Python script that fetches something,
and `pip install .`: their imports, setup.py and pyproject.toml tell what they read of the project, and all else that
is copied before them is too much. Installs of a project's dependencies are order/copy-before-install's.

## Why it costs

A step is looked up by the step that it stands on. Any change of any copied file makes the copy miss, and the long step
after it, although nothing that it reads has changed.

## When to allow it

Where the step reads a copied file in a way that its text does not tell. It is silent where a copied file is configured
for the package manager, and where a script of the project runs before.

## References

- https://docs.docker.com/build/cache/optimize/
- BuildKit v0.32, solver/edge.go: a RUN's root file system has no content key, only the key of the step that made it
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction
from ...analyzer.graph import BuildGraph, CopyOp, GitOrigin, HttpOrigin, Step
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Command, Opaque, harmless
from ...analyzer.shell.fetches import clones, downloads
from ..brought import Brought, ContextProject, brought
from ..copies import Broad, broad_sources, context_sources, fits
from ..facts import Facts
from ..measured import changed, measured_from
from ..moving import moving_part, ref_kind
from ..python_steps import Narrow, fetching_script, narrow_package
from ..reach import ancestors, is_copy, is_run, later_steps
from ..rule import CONFIDENCES, Confidence, Diagnostic, Example, Related, Rule
from ..volatile import shortened
from .copy_before_install import runs_project

RULE = Rule("a long step stands behind a copy that it does not read", "warning")

BAD = (
    Example("FROM debian:13\nCOPY . /app\nRUN «apt-get update» && apt-get install -y gcc\n"),
    Example("FROM alpine:3\nWORKDIR /app\nCOPY . .\nRUN «apk add --no-cache curl»\n"),
    Example("FROM debian:13\nCOPY src/ /src/\nRUN «curl -fsSLo /tini https://example.com/tini-0.19»\n"),
    Example(
        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN «python fetch.py»\n",
        {"fetch.py": "import nltk\nnltk.download('punkt')\n", "app.py": "", "templates/a.html": ""},
    ),
    Example(
        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN «pip install .»\n",
        {"setup.py": "from setuptools import setup\nsetup(packages=['a'])\n", "a/x.py": "", "tests/test_x.py": ""},
    ),
)
GOOD = (
    Example("FROM debian:13\nRUN apt-get update && apt-get install -y gcc\nCOPY . /app\n"),
    Example("FROM debian:13\nCOPY sources.list /etc/apt/\nRUN apt-get update && apt-get install -y gcc\n"),
    Example("FROM debian:13\nCOPY . /app\nRUN apt-get install -y /app/pkg.deb\n"),
    Example("FROM debian:13\nCOPY . /app\nRUN cp /app/my.list /etc/apt/sources.list.d/ && apt-get update\n"),
    Example("FROM debian:13\nCOPY . /app\nRUN /app/setup-repo && apt-get install -y gcc\n"),
    Example(
        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN python fetch.py\n",
        {"fetch.py": "import nltk, settings\n", "settings.py": "import os\nos.listdir('.')\n", "a.html": ""},
    ),
    Example(
        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install .\n",
        {"setup.py": "from setuptools import setup\nsetup(packages=['a'])\n", "a/x.py": ""},
    ),
)

_FETCHERS: dict[str, frozenset[str]] = {
    "playwright": frozenset({"install", "install-deps"}),
    "rustup": frozenset({"toolchain", "install", "target", "component"}),
    "rustup-init": frozenset({"-y"}),
    "huggingface-cli": frozenset({"download"}),
    "hf": frozenset({"download"}),
    "nvm": frozenset({"install"}),
    "pyenv": frozenset({"install"}),
    "rbenv": frozenset({"install"}),
    "sdkmanager": frozenset(),
    "add-apt-repository": frozenset(),
    "apt-get": frozenset({"update"}),
    "apt": frozenset({"update"}),
    "tlmgr": frozenset({"install"}),
}
_MODULES = frozenset({"spacy", "nltk.downloader", "playwright"})
# Programs that change nothing that an installer reads, whatever their words.
_IDLE = frozenset("chmod chown rm mkdir touch ls echo cd test [ true pwd id groupadd useradd adduser addgroup".split())


class _Long(NamedTuple):
    name: str
    command: Command


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    broad: dict[int, tuple[Broad, ...]] = {}
    project: ContextProject | None = None
    same: dict[int, list[tuple[_Long | Narrow, Diagnostic]]] = {}
    for step in graph.steps:
        if is_copy(step) and step.used:
            broad[step.id] = (*broad_sources(step, see.context), *_moving(step, see))
        if not step.used or not is_run(step) or not any(broad.values()):
            continue
        read = see.commands(step.instruction)
        if isinstance(read, Opaque):
            continue
        long = _long(read, step.instruction, see)
        python = see.context is not None and any(_is_python(one) for one in read)
        if long is None and not python:
            continue
        copies = [(other, one) for other in ancestors(graph, step) for one in broad.get(other.id, ())]
        if not copies:
            continue
        found: _Long | Narrow | None = None
        if python and see.context is not None and fits(graph, see.context):
            project = project or ContextProject(see.context)
            found = _narrow(read, step, brought(graph, step)[0], project, see)
        elif long is not None and not _has_install(step, see):
            found = long
        one = None if found is None else _behind(found, read, step, copies, graph, see)
        if found is not None and one is not None:
            key = None if isinstance(found, Narrow) else copies[0][0].id
            same.setdefault(key if key is not None else -step.id, []).append((found, one))
    for (_, first), *more in same.values():
        also = tuple(Related(other.command.span, f"`{other.name}` too") for other, _ in more)
        yield first._replace(related=first.related + also)


def _moving(step: Step, see: Facts) -> Iterator[Broad]:
    """What ADD fetches from an address that says that it moves: each build asks anew, and each change is a miss."""
    assert isinstance(step.op, CopyOp)
    for source in step.op.sources:
        origin = source.origin
        branch = isinstance(origin, GitOrigin) and not origin.commit and ref_kind(origin.ref or None) == "branch"
        latest = isinstance(origin, HttpOrigin) and not origin.checksum and moving_part(origin.url) is not None
        if branch or latest:
            yield Broad(see.source[source.span.start : source.span.end], source.span, False, "medium")


def _is_python(command: Command) -> bool:
    return command.program.startswith(("python", "pypy", "pip", "uv"))


def _has_install(step: Step, see: Facts) -> bool:
    """Whether order/copy-before-install speaks of the step."""
    return any(not one.local and one.sure != "low" for one in see.installs(step.instruction))


def _long(read: tuple[Command, ...], run: Instruction, see: Facts) -> _Long | None:
    """The first command that surely takes long and names no file of the project."""
    packages = {one.command.span: one for one in see.package_installs(run) if not one.local and not one.files}
    fetched = {one.command.span for one in downloads(read)} | {one.command.span for one in clones(read)}
    installs = {one.command.program for one in packages.values()}
    for command in read:
        words = [word.text for word in command.words[1:]]
        if command.span in packages:
            return _Long(packages[command.span].name, command)
        verbs = _FETCHERS.get(command.program)
        if verbs is not None and (not verbs or not verbs.isdisjoint(words)):
            if command.program in ("apt", "apt-get", "add-apt-repository") and installs.isdisjoint(("apt", "apt-get")):
                continue
            name = next((one.name for one in packages.values()), "") if "update" in words else ""
            return _Long(name or " ".join((command.program, *words[:1])), command)
        if command.span in fetched:
            return _Long("git clone" if command.program == "git" else command.program, command)
        if command.program.startswith("python") and _MODULES.intersection(words[1:2]):
            return _Long(" ".join((command.program, *words[:2])), command)
    return None


def _narrow(
    read: tuple[Command, ...], step: Step, sources: list[Brought], project: ContextProject, see: Facts
) -> Narrow | None:
    assert see.context is not None
    for install in see.installs(step.instruction):
        if not install.local or install.tool not in ("pip", "uv pip", "setup.py"):
            continue
        found = narrow_package(install, step, sources, see.context, project)
        if found is not None:
            return found
    for command in read:
        found = fetching_script(command, step, sources, see.context, project)
        if found is not None:
            return found
    return None


def _behind(
    found: _Long | Narrow,
    read: tuple[Command, ...],
    step: Step,
    copies: list[tuple[Step, Broad]],
    graph: BuildGraph,
    see: Facts,
) -> Diagnostic | None:
    first = copies[0][0]
    dests = tuple(
        posixpath.normpath(copy.op.dest).rstrip("/") + "/" for copy, _ in copies if isinstance(copy.op, CopyOp)
    )
    earlier = [one for one in ancestors(graph, step) if one.id > first.id and is_run(one)]
    sources: tuple[Confidence, ...] = tuple(one.sure for _, one in copies)
    levels: list[Confidence] = [max(sources, key=CONFIDENCES.index)]
    for other in (*earlier, step):
        commands = see.commands(other.instruction)
        if isinstance(commands, Opaque):
            return None
        for command in commands:
            if other is step and command.span.start >= found.command.span.start:
                break
            if _may_prepare(command, other, dests):
                return None
    if not found.command.certain or isinstance(found, Narrow):
        levels.append("medium")
    if isinstance(found, _Long) and any(_names_copied(word.text, dests) for word in found.command.words[1:]):
        return None
    return _told(found, read, step, first, copies[0][1], min(levels, key=CONFIDENCES.index), graph, see)


def _may_prepare(command: Command, step: Step, dests: tuple[str, ...]) -> bool:
    """Whether a command may hand something that was copied to the long step."""
    if command.program in _IDLE:
        return False
    if runs_project(command, step.scope.workdir, dests):
        return True
    if not harmless(command):
        return not command.words or command.program in ("", "eval", "npm", "npx", "yarn", "pnpm", "make")
    paths = [word.text for word in command.words[1:] if not word.text.startswith("-")]
    if command.program in ("cp", "mv", "ln", "install", "tar", "cat", "unzip", "dpkg", "rpm", "sed", "tee"):
        return any(
            (posixpath.normpath(posixpath.join(step.scope.workdir, path)) + "/").startswith(dests)
            for path in paths
            if "$" not in path
        )
    return False


def _names_copied(word: str, dests: tuple[str, ...]) -> bool:
    return word.startswith(tuple(dest for dest in dests if dest != "/")) or word.startswith(("./", "../", "@"))


def _told(
    found: _Long | Narrow,
    read: tuple[Command, ...],
    step: Step,
    copy: Step,
    broad: Broad,
    sure: Confidence,
    graph: BuildGraph,
    see: Facts,
) -> Diagnostic:
    what = f"`{shortened(copy.instruction)}`"
    change = "any change in the context" if broad.whole else "any change in what it copies"
    alone = all(harmless(one) or one.span == found.command.span for one in read)
    if isinstance(found, Narrow):
        shown = [f"`{path}`" for path in found.reads]
        only = " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)
        message = f"`{found.name}` runs behind {what}, and reads only {only} of it"
        cure = f"copy {only} alone before it, and the rest behind it"
    else:
        message = f"`{found.name}` runs behind {what}, and reads nothing of it"
        where = "above the copy"
        if copy.stage != step.stage:
            where = "into a stage without the copy, and copy the source behind it"
        cure = f"{'move the step' if alone else f'put `{found.name}` in a RUN of its own'} {where}"
    return Diagnostic(
        primary=found.command.span,
        message=message,
        cost=f"{change} re-runs it{later_steps(graph, step)}{measured_from(step, see)}"
        + changed((taken for _, _, taken in context_sources(copy)), see),
        cure=cure,
        related=(Related(broad.span, "this is copied before it"),),
        confidence=sure,
    )
