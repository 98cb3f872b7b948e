"""Reading logs: what a real build printed, beside the Dockerfile and a prediction where there are any."""

from __future__ import annotations

import sys

from ..analyzer.agreement import Expected, LogReport, Told, strangers, told
from ..analyzer.context.tree import ContextError
from ..analyzer.costs import Project, with_build
from ..analyzer.files import InputError
from ..analyzer.graph import BuildError
from ..analyzer.logs import BuildLog, LogReader
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import SourceFile
from ..analyzer.workspace import Place, Workspace
from .costs import costs_key, load_costs, save_costs
from .predict import PredictRequest, run_predict


class LogRequest(NamedTuple):
    """What `dcache explain --log` is asked: files of one log, and the build that printed it.

    `named`: something was said of the build, so that a Dockerfile which cannot be read is an error. `build` is the
    number of the build in the file, None for the last.
    """

    paths: tuple[str, ...]
    predict: PredictRequest
    named: bool = False
    build: int | None = None
    save_costs: bool = False


class _Dockerfile(NamedTuple):
    source: SourceFile
    platforms: list[Expected]
    against: tuple[str, ...]


def run_log(request: LogRequest) -> LogReport:
    """What a log says of one build; InputError, ContextError or BuildError where something given cannot be read."""
    builds = _builds(request.paths)
    number = len(builds) if request.build is None else request.build
    if not 1 <= number <= len(builds):
        raise InputError(f"--log-build {number}: {request.paths[0]} holds {len(builds)} build(s), counted from 1")
    log = builds[number - 1]
    alone = LogReport(request.paths, log, number, len(builds), tuple(Told(step) for step in log.steps), notes=log.notes)
    if (log.form in ("provenance", "history") or not log.steps) and not request.save_costs:
        return alone
    try:
        dockerfile = _dockerfile(request.predict)
    except (InputError, BuildError, ContextError) as error:
        if request.named or request.save_costs:
            raise
        return alone._replace(notes=(*log.notes, f"only the log is told: {error}"))
    key = _key(request.predict)
    known = load_costs().project(*key) if request.predict.against or request.save_costs else Project()
    earlier = {name: digest for build in builds[: number - 1] for name, digest in build.images}
    rows = told(log, dockerfile.platforms, {**known.images, **earlier})
    other = strangers(rows)
    if other and request.save_costs:
        raise InputError(f"--save-costs: {other}")
    if other and not request.named:
        return alone._replace(notes=(*log.notes, f"only the log is told: {other}"))
    notes = (*log.notes, other) if other else log.notes
    if request.save_costs:
        notes = (*notes, _saved(key, log, rows))
    return alone._replace(rows=rows, source=dockerfile.source, against=dockerfile.against, notes=notes)


def _builds(paths: tuple[str, ...]) -> tuple[BuildLog, ...]:
    reader = LogReader()
    for path in paths:
        if path == "-":
            reader.read("the standard input", sys.stdin.buffer)
            continue
        try:
            with open(path, "rb") as stream:
                reader.read(path, stream)
        except OSError as error:
            raise InputError(f"--log {path}: {error.strerror}") from None
    return reader.builds()


def _dockerfile(request: PredictRequest) -> _Dockerfile:
    """The steps of the build, with predictions where it is said what the cache held."""
    if request.against or request.change:
        report = run_predict(request)
        found: list[Expected] = [[(p.step, p) for p in platform.predictions] for platform in report.platforms]
        return _Dockerfile(report.source, found, report.against)
    workspace = Workspace(request.options, stdin=request.stdin)
    builds = workspace.builds(Place("the work tree") if request.at is None else Place(request.at, request.at))
    steps: list[Expected] = [[(step, None) for step in build.graph.steps] for build in builds]
    return _Dockerfile(builds[0].graph.plan.dockerfile.source, steps, ())


def _key(request: PredictRequest) -> tuple[str, str]:
    return costs_key(request.options.context, Workspace(request.options).dockerfile_path())


def _saved(key: tuple[str, str], log: BuildLog, rows: tuple[Told, ...]) -> str:
    """Keep the durations of executed steps; a sentence that says so."""
    ran = [
        (row.step.instruction, row.logged.seconds)
        for row in rows
        if row.step is not None and row.logged is not None and row.logged.verdict == "ran"
        if row.logged.seconds is not None
    ]
    path = save_costs(with_build(load_costs(), key, log.images, ran))
    return f"kept the durations of {len(ran)} step{'' if len(ran) == 1 else 's'} in {path}"
