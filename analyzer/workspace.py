"""Where builds are found: a work tree, a revision, a directory. The one place that opens Dockerfiles and contexts."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .context import Context, ContextError, Ignore, Tree, read_ignore
from .context.directory import directory
from .context.git import Repository, repository
from .context.overlay import edited
from .context.resolve import resolve
from .dockerfile import parse
from .engines.buildkit import keys, option_error
from .files import InputError, read_file
from .graph import build_graph
from .named_tuple import NamedTuple
from .plans import BuildOptions, BuildPlan, ContextSpec, context_spec, host_platform, parse_platform
from .source import SourceFile, decode
from .state import Build


class Place(NamedTuple):
    """Where a build is read from. `revision` None: the files as they are; `root` replaces the context's directory.

    `tracked` reads only what git tracks, quickly; `changed` are paths taken as edited.
    """

    label: str
    revision: str | None = None
    root: str | None = None
    tracked: bool = False
    changed: tuple[str, ...] = ()


class Workspace:
    """Opens builds of one set of options, from one current directory, reading each repository once."""

    def __init__(self, options: BuildOptions, *, exact_modes: bool = False, stdin: bytes | None = None) -> None:
        self.options, self.exact_modes, self.stdin = options, exact_modes, stdin
        self.context = context_spec(options.context)
        if self.context.kind != "directory":
            raise InputError(
                f"the build context `{options.context}` is not a directory: dcache cannot see its files; "
                "check it out and give its path"
            )
        wrong = option_error(options)
        if wrong:
            raise InputError(wrong)
        self._repositories: dict[str, Repository] = {}
        self._outside: dict[str, Tree] = {}

    # What is where -----------------------------------------------------------------------------------------

    def repository(self, path: str) -> Repository:
        """The git repository that holds a directory; ContextError where there is none."""
        top = _existing(path)
        known = self._repositories.get(top)
        if known is None:
            known = self._repositories[top] = repository(top)
        return known

    def dockerfile_path(self) -> str:
        """The path of the Dockerfile as the command line names it."""
        if self.options.file is not None:
            return self.options.file
        return os.path.join(self.options.context, "Dockerfile") if self.options.context != "." else "Dockerfile"

    def builds(self, place: Place) -> tuple[Build, ...]:
        """The build of the options at a place, one for each platform."""
        top = self.options.context if place.root is None else place.root
        if place.revision is None and not os.path.isdir(top):
            what = "is not a directory" if os.path.exists(top) else "does not exist"
            raise InputError(f"the build context `{top}` {what}")
        source = self._dockerfile(place)
        dockerfile = parse(source)
        contexts = self._contexts(place, source.path)
        try:
            wanted = [parse_platform(text) for text in self.options.platforms]
        except ValueError as error:
            raise InputError(f"--platform: {error}") from error
        host = host_platform()
        specs = tuple((name, context_spec(value)) for name, value in self.options.build_contexts)
        made: list[Build] = []
        for platform in wanted or [host]:
            plan = BuildPlan(dockerfile, self.options, specs, platform, host)
            graph = build_graph(plan)
            if graph.doubts and place.revision is None and place.root is None:
                raise graph.doubts[0]
            made.append(Build(place.label, graph, keys(graph), contexts))
        return tuple(made)

    def _dockerfile(self, place: Place) -> SourceFile:
        path = self.dockerfile_path()
        if path == "-":
            if self.stdin is None:
                raise InputError("-f -: nothing to read on standard input")
            return decode("-", self.stdin)
        shown = path if place.root is None else os.path.join(place.root, self._inside(path))
        if place.revision is not None:
            try:
                return decode(shown, self._at_revision(path, place.revision))
            except FileNotFoundError:
                raise InputError(f"no Dockerfile `{path}` in {place.label}; name it with -f") from None
        return decode(shown, read_file(shown))

    def _inside(self, path: str) -> str:
        """A path below the context, relative to it; InputError where it is not below."""
        relative = os.path.relpath(os.path.abspath(path), os.path.abspath(self.options.context))
        if relative.startswith(".."):
            raise InputError(f"the Dockerfile `{path}` is outside the context: it cannot be found in another directory")
        return relative

    def _at(self, path: str, revision: str) -> Tree:
        """The tree of a directory at a revision; the directory may be gone by now."""
        found = self.repository(path)
        return found.tree(revision, _prefix(found, path), exact_modes=self.exact_modes)

    def _at_revision(self, path: str, revision: str) -> bytes:
        """The bytes of a file at a revision, links inside the repository followed; FileNotFoundError without one."""
        folder, name = os.path.split(path)
        found = self.repository(folder or ".")
        tree = found.tree(revision, "")
        return _read(tree, os.path.join(_prefix(found, folder or "."), name))

    # Contexts ----------------------------------------------------------------------------------------------

    def _contexts(self, place: Place, dockerfile: str) -> Mapping[str, Context]:
        tree = self._tree(self.options.context if place.root is None else place.root, place)
        if place.changed:
            tree = edited(tree, place.changed)
        contexts = {"": Context("", tree, self._main_ignore(place, dockerfile, tree))}
        for name, value in self.options.build_contexts:
            spec = context_spec(value)
            if spec.kind == "directory":
                contexts[name] = self._named(name, spec, place)
        return contexts

    def _tree(self, path: str, place: Place) -> Tree:
        if place.revision is not None:
            return self._at(path, place.revision)
        if place.tracked and not self.exact_modes:
            found = self.repository(path)
            return found.worktree(found.prefix(path))
        return directory(path, place.label)

    def _named(self, name: str, spec: ContextSpec, place: Place) -> Context:
        """A named directory; outside the repository it is taken as it is now, and so as unchanged."""
        path = spec.location
        if place.root is not None and not os.path.relpath(path, self.options.context).startswith(".."):
            path = os.path.join(place.root, os.path.relpath(path, self.options.context))
        if not os.path.isdir(path):
            raise InputError(f"--build-context {name}={path}: no such directory")
        if (place.revision is not None or place.tracked) and self._is_ours(path):
            tree = self._tree(path, place)
        else:
            tree = self._outside.setdefault(path, directory(path, f"the context {name}"))
        return Context(name, tree, _ignore(tree, ".dockerignore", path))

    def _is_ours(self, path: str) -> bool:
        """Whether a directory lies in the repository of the main context."""
        try:
            return self.repository(path).place == self.repository(self.options.context).place
        except ContextError:
            return False

    def _main_ignore(self, place: Place, dockerfile: str, tree: Tree) -> Ignore:
        """`<Dockerfile>.dockerignore` beside the Dockerfile wins over the context's own [c15]."""
        if dockerfile != "-":
            own = os.path.basename(dockerfile) + ".dockerignore"
            beside = self._beside(place, dockerfile)
            if own in beside.children(""):
                return _ignore(beside, own, dockerfile)
        return _ignore(tree, ".dockerignore", ".dockerignore")

    def _beside(self, place: Place, dockerfile: str) -> Tree:
        path = os.path.dirname(dockerfile) or "."
        if place.revision is not None:
            return self._at(os.path.dirname(self.dockerfile_path()) or ".", place.revision)
        return directory(path, place.label, git=False)


def _prefix(found: Repository, path: str) -> str:
    """The path of a directory inside its repository; in a bare one, paths begin at the top."""
    return found.prefix(path) if found.place.top else os.path.normpath(path).removeprefix(".")


def _read(tree: Tree, path: str) -> bytes:
    """The bytes of the file that a path leads to, links followed inside the tree."""
    return tree.read(resolve(tree.children, path)[0])


def _ignore(tree: Tree, name: str, shown: str) -> Ignore:
    try:
        data = _read(tree, name)
    except FileNotFoundError:
        return read_ignore("")
    try:
        return read_ignore(decode(name, data).text)
    except ContextError as error:
        raise InputError(f"{shown}: {error}") from error


def _existing(path: str) -> str:
    """The path, or the nearest directory above it that exists."""
    full = os.path.abspath(path)
    while not os.path.isdir(full):
        full = os.path.dirname(full)
    return full
