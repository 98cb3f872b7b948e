"""What `--progress=rawjson` tells: the engine's own events, a JSON document a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from ..named_tuple import NamedTuple
from ..typing import Any
from .documents import rows, table, text
from .logged import (
    LONGEST_NAME,
    BuildLog,
    LoggedStep,
    StepName,
    Verdict,
    by_name,
    images_of,
    imports_of,
    internal_target,
    step_name,
    targets_of,
)

_BAKE = "[internal] load local bake definitions"
_KEYS = ("vertexes", "statuses", "logs", "warnings")


class Run(NamedTuple):
    """One time that a vertex was at work; texts of times as in the log, "" for one that did not end."""

    started: str
    completed: str
    cached: bool
    error: str


class Vertex:
    """All that the events of one vertex said. A bake gives one digest several names: each is a vertex of its own."""

    def __init__(self, digest: str, name: str) -> None:
        self.digest, self.name = digest, name[:LONGEST_NAME]
        self.inputs = False
        self.runs: dict[str, Run] = {}

    def add(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        self.inputs |= bool(event.get("inputs"))
        started, completed, error = (text(event.get(key)) for key in ("started", "completed", "error"))
        if started:
            self.runs[started] = Run(started, completed, bool(event.get("cached")), error)

    def verdict(self) -> tuple[Verdict, float | None]:
        """What became of the vertex, and the seconds of its execution.

        The last event is not the verdict: a result loaded from a registry shows up again when its bytes are fetched.
        A vertex without inputs first shows the question for its key, as sources do (solver/jobs.go: sharedOp.CacheMap,
        BuildKit 0.25), and a hit that was inferred starts as it completes (solver/progress.go).
        """
        if not self.runs:
            return "unneeded", None
        done = sorted((run for run in self.runs.values() if run.completed), key=lambda run: run.started)
        failed = next((run.error for run in done if run.error), "")
        if failed:
            return ("cancelled" if failed.endswith("context canceled") else "failed"), None
        if not done:
            return "unknown", None
        if not self.inputs and not done[0].cached:
            done = done[1:]
        if not done:
            return "inferred", None
        if any(run.cached and run.started != run.completed for run in done):
            return "cached", None
        executed = [run for run in done if not run.cached]
        if not executed:
            return "inferred", None
        return "ran", _seconds(executed)

    @property
    def error(self) -> str:
        """What ended it, or ""."""
        return next((run.error for run in self.runs.values() if run.error), "")


def _seconds(runs: Iterable[Run]) -> float | None:
    """How long runs took together, None where no time of them can be read."""
    found: list[float] = []
    for run in runs:
        try:
            began, ended = (datetime.fromisoformat(text) for text in (run.started, run.completed))
            found.append(max(0.0, (ended - began).total_seconds()))
        except (ValueError, TypeError):
            continue
    return round(sum(found), 3) if found else None


def is_status(line: str) -> bool:
    """Whether a line looks like progress of BuildKit."""
    return line.startswith("{") and any(f'"{key}"' in line[:24] for key in _KEYS)


def status(line: str) -> dict[str, Any] | None:
    """The document of a line, None where it is no whole one."""
    try:
        return table(json.loads(line))
    except (ValueError, RecursionError):
        return None


class RawBuild:
    """One build as its events come in."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.vertices: dict[tuple[str, str], Vertex] = {}
        self.begun = False
        self.loaded: set[str | None] = set()

    def begins_anew(self, document: dict[str, Any]) -> bool:
        """Whether these events are of another build: a definition is to be loaded again after steps were at work."""
        if not self.begun:
            return False
        for event in _events(document):
            known = self.vertices.get((event["digest"], event["name"]))
            if event["name"] == _BAKE and (known is None or event.get("started") not in known.runs):
                return True
            # Targets of one bake have names, and each its own.
            other = internal_target(event["name"]) not in self.loaded | {""} and "" not in self.loaded
            if _loads(event["name"]) and not event.get("started") and not other:
                return True
        return False

    def add(self, document: dict[str, Any]) -> None:
        """Take in the events of one line."""
        for event in _events(document):
            key = event["digest"], event["name"]
            vertex = self.vertices.get(key)
            if vertex is None:
                vertex = self.vertices[key] = Vertex(*key)
            vertex.add(event)
            if _loads(vertex.name) and vertex.runs:
                self.loaded.add(internal_target(vertex.name))
            self.begun = self.begun or (bool(vertex.runs) and "/" in vertex.name.partition("]")[0])

    def log(self, lines_of: dict[str, int]) -> BuildLog:
        """The build; `lines_of` are lines of the Dockerfile by the digests of vertices."""
        printed = [vertex.name for vertex in self.vertices.values()]
        targets = targets_of(printed)
        merges: dict[StepName, Verdict] = {}
        steps: list[LoggedStep] = []
        for vertex in self.vertices.values():
            name = step_name(vertex.name, targets)
            if name is None:
                continue
            verdict, seconds = vertex.verdict()
            if name.text.startswith("LINK "):
                merges[name._replace(text=name.text.removeprefix("LINK "))] = verdict
                continue
            if name.text.startswith("FROM ") and verdict not in ("failed", "cancelled", "unneeded"):
                verdict, seconds = "resolved", _seconds(vertex.runs.values())
            steps.append(LoggedStep(name, verdict, seconds, None, lines_of.get(vertex.digest), vertex.error))
        made = by_name(step._replace(merge=merges.get(step.name)) for step in steps)
        error = next((vertex.error for vertex in self.vertices.values() if vertex.verdict()[0] == "failed"), "")
        told = tuple(sorted(targets)), images_of(printed), imports_of(printed)
        return BuildLog("rawjson", self.line, made, *told, error)


def _loads(name: str) -> bool:
    return "internal] load build definition" in name[:500]


def _events(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = [table(row) for row in rows(document.get("vertexes"))]
    return [row for row in found if text(row.get("digest")) and text(row.get("name"))]
