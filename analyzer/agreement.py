"""A build's log beside what is predicted for it: what each step did, why, and where the two part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .graph import ImageOp, Step, StepOrigin, inputs, readable
from .logs import EXECUTED, HELD, BuildLog, LoggedStep, StepName
from .named_tuple import NamedTuple
from .predict import Prediction, chain
from .source import SourceFile

# What may be printed with its value.
_VARIABLE = re.compile(r"\$(?:\{[^{}]*\}|\w+)")


class Told(NamedTuple):
    """One step of a build: as logged, as it stands in the Dockerfile, and as predicted; each may be missing.

    `agrees` is None where there is nothing to compare; `because` says what likely made the log differ, or how a
    verdict that depends came out, "" for neither.
    """

    logged: LoggedStep | None
    step: Step | None = None
    prediction: Prediction | None = None
    agrees: bool | None = None
    because: str = ""


class LogReport(NamedTuple):
    """What a log says about one build. `number` is that of the build among the `of` builds in the file, from 1.

    `source` is the Dockerfile, None where there is none; `against` is what a prediction took the cache to hold.
    """

    paths: tuple[str, ...]
    log: BuildLog
    number: int
    of: int
    rows: tuple[Told, ...]
    source: SourceFile | None = None
    against: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# The steps of one platform's build, each with its prediction where there is one.
Expected = Sequence[tuple[Step, Prediction | None]]


def told(log: BuildLog, platforms: Sequence[Expected], known: Mapping[str, str]) -> tuple[Told, ...]:
    """Each step of a Dockerfile with what the log says of it, then what only the log has.

    A build of several targets is that of the target which has most of the Dockerfile's steps. `known` are the digests
    that images had before, by their whole names.
    """
    steps = [step for expected in platforms for step, _ in expected if step.number]
    logged = _Logged(log, steps)
    held = any(one.verdict in HELD for one in logged.own)
    rows: list[Told] = []
    for expected in platforms:
        beside = [Told(logged.of(step), step, prediction) for step, prediction in expected if step.number]
        rows += _Comparison(log, known, held, beside).rows()
    return (*rows, *(Told(one) for one in logged.own if one.name not in logged.taken))


class _Logged:
    """The steps of a log by what they are called; `own` are those of the target that has most of the Dockerfile's."""

    def __init__(self, log: BuildLog, steps: list[Step]) -> None:
        by_target = {
            target: [one for one in log.steps if one.name.target in (target, "")] for target in log.targets or ("",)
        }
        places = {(step.label, step.number, step.total) for step in steps}
        self.own = max(by_target.values(), key=lambda own: sum(one.name[2:5] in places for one in own))
        self.named = {one.name[1:5]: one for one in (*reversed(log.steps), *self.own)}
        self.bases = {image: one for one in log.steps if (image := _image_of(one))}
        self.taken: set[StepName] = set()

    def of(self, step: Step) -> LoggedStep | None:
        """What the log says of a step. Equal steps of stages and targets are one, under the name of one of them."""
        for platform in (str(step.scope.platform), ""):
            found = self.named.get((platform, step.label, step.number, step.total))
            if found is not None and _same(found, step):
                self.taken.add(found.name)
                return found
        return self.bases.get(str(step.op.image).partition("@")[0]) if isinstance(step.op, ImageOp) else None


def _image_of(one: LoggedStep) -> str:
    """The whole name of the image that a FROM resolved, "" for other steps."""
    return one.name.text.removeprefix("FROM ").partition("@")[0] if one.name.text.startswith("FROM ") else ""


def _same(logged: LoggedStep, step: Step) -> bool:
    """Whether a logged step does what the step in its place does, as far as their texts tell.

    FROM prints what the image was resolved to, RUN the first line of a heredoc; a variable that the base image may set
    is printed with its value.
    """
    printed, text = logged.name.text, " ".join(readable(step.text).split())
    if isinstance(step.op, ImageOp):
        return printed.startswith("FROM ")
    first, *parts = _VARIABLE.split(text)
    at = len(first) if printed.startswith(first) else -1
    for part in parts:
        found = printed.find(part, at) if at >= 0 else -1
        at = found + len(part) if found >= 0 else -1
    return at == len(printed) or (at >= 0 and ("<<" in text or parts[-1:] == [""]))


def strangers(rows: tuple[Told, ...]) -> str:
    """A sentence where the log seems to be that of another Dockerfile, target or revision; "" where it does not."""
    logged = {row.logged.name for row in rows if row.logged is not None}
    other = {row.logged.name for row in rows if row.logged is not None and row.step is None}
    if len(other) * 4 <= len(logged):
        return ""
    return f"{len(other)} of {len(logged)} steps of the log are not those of the Dockerfile: is it that of this build?"


class _Comparison:
    """The rows of one platform, each step's prediction held against what became of it."""

    def __init__(self, log: BuildLog, known: Mapping[str, str], held: bool, beside: list[Told]) -> None:
        self.log, self.known, self.held = log, known, held
        self.beside = {row.step.id: row for row in beside if row.step is not None}

    def rows(self) -> list[Told]:
        for number, row in self.beside.items():
            if row.step is not None and row.prediction is not None and row.logged is not None:
                agrees = _agrees(row.prediction, row.logged)
                because = self._because(row.step, row.prediction, row.logged, agrees)
                self.beside[number] = row._replace(agrees=agrees, because=because)
        return list(self.beside.values())

    def _because(self, step: Step, prediction: Prediction, logged: LoggedStep, agrees: bool | None) -> str:
        if agrees is None:
            return ""
        if agrees and prediction.verdict == "depends":
            return self._ran_anyway(step) if self._settled(step, logged) else _came_out(prediction, logged)
        if agrees:
            return ""
        if prediction.verdict == "unused":
            return "the log is that of a build with another --target"
        return self._held_anyway() if logged.verdict in HELD else self._ran_anyway(step)

    def _settled(self, step: Step, logged: LoggedStep) -> bool:
        """Whether a step ran though all that it stands on or copies from was cached: other bytes are not why."""
        above = [self.beside.get(origin.step) for origin in _origins(step) if origin.step is not None]
        found = [row.logged.verdict for row in above if row is not None and row.logged is not None]
        return logged.verdict in EXECUTED and len(found) == len(above) > 0 and HELD.issuperset(found)

    def _held_anyway(self) -> str:
        if self.log.imports:
            return f"a build that --against does not name left it in {', '.join(self.log.imports)}, which was imported"
        return "the builder's cache holds it from a build that --against does not name"

    def _ran_anyway(self, step: Step) -> str:
        """What likely made a step run that was predicted to be cached."""
        for origin in _origins(step):
            above = self.beside.get(origin.step) if origin.step is not None else None
            if above is None or above.logged is None:
                continue
            if above.agrees is False and above.logged.verdict in EXECUTED:
                return f"it follows {above.logged.name.title}, which ran against the prediction"
        base = self._image(step)
        name, _, pinned = str(base.op.image).partition("@") if base and isinstance(base.op, ImageOp) else ("", "", "")
        before, now = pinned or self.known.get(name, ""), dict(self.log.images).get(name, "")
        if before and now and before != now:
            return f"the base image moved: {name} was {before[:19]}…, is {now[:19]}…"
        if not self.held:
            return "nothing came from a cache: a cold runner, a pruned cache or another builder"
        if now and not pinned and base and step.base == base.id:
            return f"its base may have moved ({name}, now {now[:19]}…, is not pinned), or its record was pruned"
        return (
            "its record was pruned, or this builder never made the build of --against with these options; "
            "if neither, it is a quirk of the engine or a fault of dcache"
        )

    def _image(self, step: Step) -> Step | None:
        """The FROM that a step stands on, None where it is no image."""
        while step.base is not None and (below := self.beside.get(step.base)) is not None and below.step is not None:
            step = below.step
        return step if isinstance(step.op, ImageOp) else None


def _origins(step: Step) -> list[StepOrigin]:
    """What a step stands on, and the steps that it reads."""
    return [StepOrigin(step.base), *(origin for origin, _ in inputs(step) if isinstance(origin, StepOrigin))]


def _agrees(prediction: Prediction, logged: LoggedStep) -> bool | None:
    if logged.verdict in EXECUTED:
        return prediction.worst == "miss"
    return prediction.best == "hit" if logged.verdict in HELD else None


def _came_out(prediction: Prediction, logged: LoggedStep) -> str:
    kinds = {link.kind for cause in prediction.causes for link in chain(cause)}
    held = logged.verdict in HELD
    if "remote-unknown" in kinds:
        return "what the address gives is the same" if held else "what the address gives is another"
    if "warm-snapshot" in kinds:
        return "the daemon overlooked the change" if held else "the daemon saw the change"
    return f"the steps that ran again wrote {'the same' if held else 'other'} bytes"
