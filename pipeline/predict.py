"""Predicting: a build and what a cache holds become a report, a state or a graph."""

from __future__ import annotations

import os

from ..analyzer.context.tree import ContextError
from ..analyzer.costs import Project
from ..analyzer.files import InputError
from ..analyzer.graph import UNPINNED, BuildError
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.plans import BuildOptions
from ..analyzer.predict import Note, PlatformReport, PredictReport, absent, predict
from ..analyzer.state import Build, CacheState
from ..analyzer.workspace import Place, Workspace
from .costs import project_costs
from .files import write_file


class PredictRequest(NamedTuple):
    """What `dcache predict` is asked: a build, what the cache holds (`against`), what is taken as edited (`change`)."""

    options: BuildOptions
    against: tuple[str, ...] = ()
    at: str | None = None
    change: tuple[str, ...] = ()
    exact_modes: bool = False
    warm: bool = True
    stdin: bytes | None = None


def run_predict(request: PredictRequest) -> PredictReport:
    """The predictions for a build; InputError, ContextError or BuildError where it cannot be read."""
    workspace = Workspace(request.options, exact_modes=request.exact_modes, stdin=request.stdin)
    specs = request.against or _default_against(request)
    place = _current(request, specs)
    builds = _as_asked(workspace, place)
    notes: list[Note] = []
    held: list[Build] = []
    try:
        for spec in specs:
            held += _held(workspace, request, spec, notes)
    except ContextError as error:
        if request.against:
            raise
        raise InputError(
            f"{error} (--against is {specs[0]} by default; give a revision, dir:PATH or state:FILE)"
        ) from None
    state = CacheState(tuple(held))
    reports: list[PlatformReport] = []
    for build in builds:
        reports.append(PlatformReport(build, predict(build, state, warm=request.warm)))
        state = CacheState((*state.builds, build)) if len(builds) > 1 else state
    labels = tuple(dict.fromkeys(build.label for build in held)) or specs
    notes += _notes(request, place, reports[0].build)
    return PredictReport(request.options, place.label, labels, tuple(reports), tuple(dict.fromkeys(notes)))


def _as_asked(workspace: Workspace, place: Place) -> tuple[Build, ...]:
    """The builds to predict; where there is no repository, the error says what else can be compared."""
    try:
        return workspace.builds(place)
    except ContextError as error:
        if not place.tracked:
            raise
        raise InputError(f"{error} (--against is HEAD by default; give dir:PATH or state:FILE)") from None


def run_snapshot(request: PredictRequest) -> CacheState:
    """What a build leaves in a cache."""
    workspace = Workspace(request.options, exact_modes=request.exact_modes, stdin=request.stdin)
    place = Place("the snapshot of a work tree") if request.at is None else Place(request.at, request.at)
    return CacheState(workspace.builds(place))


def run_graph(request: PredictRequest) -> Build:
    """The build's graph and keys."""
    workspace = Workspace(request.options, stdin=request.stdin)
    place = Place("the work tree") if request.at is None else Place(request.at, request.at)
    return next(iter(workspace.builds(place)))


def graph_costs(request: PredictRequest) -> Project:
    """What is kept of the durations of a build's steps; InputError where that cannot be read."""
    return project_costs(request.options.context, Workspace(request.options).dockerfile_path())


# What the cache is taken to hold -----------------------------------------------------------------------------


def _default_against(request: PredictRequest) -> tuple[str, ...]:
    if request.change and request.at is None:
        return ("the same files",)
    return ("HEAD",) if request.at is None else (f"{request.at}^",) if not request.change else (request.at,)


def _current(request: PredictRequest, specs: tuple[str, ...]) -> Place:
    changed = _inside(request.options.context, request.change)
    if request.at is not None:
        return Place(request.at, request.at, changed=changed)
    revisions = all(not spec.startswith(("dir:", "state:")) and spec != "the same files" for spec in specs)
    return Place("the work tree", tracked=revisions, changed=changed)


def _inside(context: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths relative to the context; each may be given from here or from the context."""
    found: list[str] = []
    top = os.path.abspath(context)
    for path in paths:
        relative = os.path.relpath(os.path.abspath(path), top)
        if relative.startswith("..") or (not os.path.lexists(path) and os.path.lexists(os.path.join(top, path))):
            relative = os.path.normpath(path)
        if relative.startswith("..") or os.path.isabs(relative):
            raise InputError(f"--change {path}: outside the build context `{context}`")
        found.append("" if relative == "." else relative)
    return tuple(found)


def _held(workspace: Workspace, request: PredictRequest, spec: str, notes: list[Note]) -> tuple[Build, ...]:
    if spec.startswith("state:"):
        return load_state(spec.removeprefix("state:")).builds
    if spec == "the same files":
        place = Place(spec)
    elif spec.startswith("dir:"):
        root = spec.removeprefix("dir:")
        if not os.path.isdir(root):
            raise InputError(f"--against {spec}: no such directory")
        place = Place(spec, root=root)
    else:
        place = Place(spec, spec)
    try:
        return workspace.builds(place)
    except BuildError as error:
        notes.append(Note(f"{place.label} leaves nothing behind: its Dockerfile is refused ({error.message})"))
    except InputError as error:
        if place.revision is None:
            raise
        workspace.repository(request.options.context).commit(place.revision)
        notes.append(Note(f"{place.label} leaves nothing behind: {error}"))
    return ()


# Bytes: many times what the snapshot of a very large context unpacks to.
_LARGEST_STATE = 256 << 20


def load_state(path: str) -> CacheState:
    """The state in a file that `dcache snapshot` wrote; InputError where it is not one."""
    import json
    import zlib

    from ..analyzer.snapshot import from_document
    from ..schemas import violation

    try:
        with open(path, "rb") as file:
            document = json.loads(zlib.decompressobj(wbits=31).decompress(file.read(), _LARGEST_STATE))
    except OSError as error:
        raise InputError(f"--against state:{path}: {error.strerror}") from None
    except (ValueError, RecursionError, zlib.error):
        raise InputError(f"--against state:{path}: not a snapshot; make one with `dcache snapshot -o FILE`") from None
    wrong = violation("state", document)
    if wrong:
        raise InputError(f"--against state:{path}: {wrong}; make it anew with `dcache snapshot -o FILE`")
    try:
        return from_document(document)
    except (BuildError, ContextError, ValueError) as error:
        raise InputError(f"--against state:{path}: {error}") from error


def save_state(state: CacheState, path: str) -> int:
    """Write the state to a file, whole or not at all, or to standard output for `-`; the number of bytes."""
    import gzip
    import json

    from ..analyzer.snapshot import to_document

    text = json.dumps(to_document(state), separators=(",", ":"), sort_keys=True)
    data = gzip.compress(text.encode("utf-8", "surrogatepass"), 6, mtime=0)
    try:
        write_file(data, path)
    except OSError as error:
        raise InputError(f"-o {path}: {error.strerror}") from None
    return len(data)


def _notes(request: PredictRequest, place: Place, build: Build) -> list[Note]:
    notes: list[Note] = []
    if place.tracked:
        notes.append(Note("files that git does not track are taken as unchanged"))
        if not request.exact_modes:
            notes.append(
                Note("permission bits other than the owner's x are taken as unchanged; --exact-modes compares them")
            )
        if os.path.exists(os.path.join(request.options.context, ".gitmodules")):
            notes.append(Note("submodules are compared by their commit: edits inside them are not seen"))
    notes += absent(build)
    hidden = [path for path in place.changed if path and build.contexts[""].ignore.excluded(path)]
    notes += [Note(f"--change {path}: .dockerignore hides it from the build") for path in hidden]
    unpinned = sorted({unread.what for unread in build.graph.unread if unread.why == UNPINNED})
    if unpinned:
        notes.append(Note(f"not pinned by digest, taken as unchanged where the text is: {', '.join(unpinned)}"))
    for unread in build.graph.unread:
        if unread.why != UNPINNED:
            notes.append(Note(f"{unread.what}: {unread.why}", None if unread.span is None else unread.span.start))
    return notes
