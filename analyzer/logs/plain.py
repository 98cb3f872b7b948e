"""What `--progress=plain` tells: numbered lines of steps that take turns."""

from __future__ import annotations

import re
from itertools import takewhile

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

_LINE = re.compile(r"#(\d{1,6}) (?=\S)(.*)", re.S)
_DONE = re.compile(r"DONE(?: (\d{1,9}(?:\.\d{1,9})?)s)?")
# A line of a step's own output: the seconds since it began, in front of what it wrote.
_OUTPUT = re.compile(r"\d{1,9}\.\d{1,9} ")
_FETCHING = re.compile(r"(?:sha256:[0-9a-f]{64} |extracting sha256:)")


class PlainVertex:
    """What the lines of one number said."""

    def __init__(self, name: str) -> None:
        self.name = name[:LONGEST_NAME]
        self.cached = self.output = self.fetching = False
        self.seconds: float | None = None
        self.error = ""

    def add(self, text: str) -> None:
        """Take in one line, without its number."""
        done = _DONE.fullmatch(text)
        if text == "CACHED":
            self.cached = True
        elif done:
            self.seconds = float(done[1] or 0)
        elif text == "CANCELED":
            self.error = "context canceled"
        elif text.startswith("ERROR: "):
            self.error = text.removeprefix("ERROR: ")
        elif _OUTPUT.match(text):
            self.output = True
        elif _FETCHING.match(text):
            self.fetching = True

    def verdict(self, name: StepName) -> Verdict:
        """What became of the step, as far as these lines tell it.

        CACHED anywhere decides: a result that is loaded from a registry is DONE again when its bytes are fetched. DONE
        alone is told alike for a `COPY --link` that ran and for one of which only the merge did, and for a WORKDIR that
        makes the first layer on scratch, which may have been asked for its key only.
        """
        if name.text.startswith("FROM ") and not self.error:
            return "resolved"
        if self.error:
            return "cancelled" if self.error.endswith("context canceled") else "failed"
        if self.cached:
            return "cached"
        if self.output:
            return "ran"
        if self.seconds is None or _linked(name.text) or (name.number == 1 and name.text.startswith("WORKDIR ")):
            return "unknown"
        return "cached" if self.fetching else "ran"


def _linked(text: str) -> bool:
    """Whether a step is a COPY or ADD that makes a layer of its own: --link without --chmod."""
    keyword, *words = text.split(" ", 12)
    flags = list(takewhile(lambda word: word.startswith("--"), words))
    link = any(flag in ("--link", "--link=true") for flag in flags)
    return keyword in ("COPY", "ADD") and link and not any(flag.startswith("--chmod=") for flag in flags)


def numbered(text: str) -> tuple[int, str] | None:
    """The number and the rest of a line of plain progress, None for other lines."""
    match = _LINE.match(text) if text.startswith("#") else None
    return None if match is None else (int(match[1]), match[2].rstrip())


class PlainBuild:
    """One build as its lines come in."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.vertices: dict[int, PlainVertex] = {}
        self.begun = False

    def begins_anew(self, number: int, text: str) -> bool:
        """Whether this line is of another build: a number has another name, or definitions are loaded once more."""
        if number == 0:
            return bool(self.vertices) and text.startswith("building with")
        known = self.vertices.get(number)
        if known is None or internal_target(text) is None:
            return False
        return text != known.name or (number == 1 and self.begun)

    def add(self, number: int, text: str) -> None:
        """Take in one line; the first of a number is its name."""
        vertex = self.vertices.get(number)
        if vertex is not None:
            vertex.add(text)
        elif number:
            self.vertices[number] = PlainVertex(text)
            self.begun = self.begun or step_name(text, frozenset()) is not None

    def log(self) -> BuildLog:
        """The build."""
        printed = [vertex.name for vertex in self.vertices.values()]
        targets = targets_of(printed)
        steps: list[LoggedStep] = []
        for vertex in self.vertices.values():
            name = step_name(vertex.name, targets)
            if name is not None:
                verdict = vertex.verdict(name)
                timed = verdict in ("ran", "resolved")
                steps.append(LoggedStep(name, verdict, vertex.seconds if timed else None, error=vertex.error))
        made = by_name(_settled(steps))
        error = next((step.error for step in made if step.verdict == "failed"), "")
        notes: tuple[str, ...] = ()
        if any(step.verdict == "unknown" for step in made):
            notes = ("plain progress does not tell all; --progress=rawjson does",)
        told = tuple(sorted(targets)), images_of(printed), imports_of(printed)
        return BuildLog("plain", self.line, made, *told, error, notes)


def _settled(steps: list[LoggedStep]) -> list[LoggedStep]:
    """The steps; a first one on scratch is cached where the next one of its stage is, which has it in its key."""
    held = {step.name._replace(text="", number=step.name.number - 1) for step in steps if step.verdict == "cached"}
    return [
        step._replace(verdict="cached")
        if step.verdict == "unknown" and step.name.number == 1 and step.name._replace(text="") in held
        else step
        for step in steps
    ]
