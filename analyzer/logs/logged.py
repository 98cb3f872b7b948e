"""The nouns of a build's log: steps as the engine printed them, and what it says became of each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..named_tuple import NamedTuple
from ..typing import Literal

# `ran`: executed; `cached`: its result was loaded; `inferred`: not executed, the engine never had to look for a result;
# `unneeded`: announced, and never begun; `resolved`: a FROM, which no engine executes; `failed`, `cancelled`: begun
# and not finished; `unknown`: the log does not say.
Verdict = Literal["ran", "cached", "inferred", "unneeded", "resolved", "failed", "cancelled", "unknown"]
Form = Literal["plain", "rawjson", "provenance", "history"]
# Verdicts of steps whose key the cache held, and of those that it surely did not hold.
HELD: frozenset[Verdict] = frozenset(("cached", "inferred"))
EXECUTED: frozenset[Verdict] = frozenset(("ran", "failed"))

# Characters of a name that are kept.
LONGEST_NAME = 1 << 16

_STEP = re.compile(r"\[((?:[^\s\[\]]+ ){0,3})(\d{1,6})/(\d{1,6})\] ([A-Z]\w* ?)(.*)", re.S)
_INTERNAL = re.compile(r"\[(?:([^\s\[\]/]+) )?(?:[^\s\[\]]+/[^\s\[\]]+ )?internal\] ")
_IMAGE = re.compile(r"(?:\[[^\[\]]{1,300}\] )?(?:FROM |docker-image://)(\S+)@(sha256:[0-9a-f]{64})\b")


class StepName(NamedTuple):
    """What a step is called: `[target platform label number/total] text`, the first three "" where not printed."""

    target: str
    platform: str
    label: str
    number: int
    total: int
    text: str

    @property
    def title(self) -> str:
        """The step as predictions call it: `[label number/total]`."""
        return f"[{self.label + ' ' if self.label else ''}{self.number}/{self.total}]"


class LoggedStep(NamedTuple):
    """One step of a build. `seconds` is None where it was not executed or no time is told.

    `merge` is what became of the second half of a `COPY --link`, which lays the copied layer on its base; None where
    there is none or the log does not tell the halves apart. `line` is 1-based, None where the log has no lines.
    """

    name: StepName
    verdict: Verdict
    seconds: float | None = None
    merge: Verdict | None = None
    line: int | None = None
    error: str = ""


class BuildLog(NamedTuple):
    """What one build printed. `line` is where in the file it begins; `targets` are those of a bake, or nothing.

    `images` are the digests that images were resolved to, by their whole names; `imports` the caches that it read
    (`--cache-from`); `error` is what ended it, or "".
    """

    form: Form
    line: int
    steps: tuple[LoggedStep, ...]
    targets: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    imports: tuple[str, ...] = ()
    error: str = ""
    notes: tuple[str, ...] = ()


def step_name(printed: str, targets: frozenset[str]) -> StepName | None:
    """The parts of a printed name, None where it is no step's. `targets` are the names that bake puts in front."""
    match = _STEP.match(printed)
    if match is None:
        return None
    words = match[1].split()
    target = words.pop(0) if words and (words[0] in targets or len(words) > 2) else ""
    platform = words.pop(0) if words and "/" in words[0] else ""
    if len(words) == 2 and not target:
        target = words.pop(0)
    if len(words) > 1:
        return None
    text = " ".join(f"{match[4]}{match[5]}".split())
    return StepName(target, platform, words[0] if words else "", int(match[2]), int(match[3]), text)


def internal_target(printed: str) -> str | None:
    """The target whose definition or context a vertex loads: "" for a build without names, None for other vertices."""
    match = _INTERNAL.match(printed)
    return None if match is None else match[1] or ""


def targets_of(printed: Iterable[str]) -> frozenset[str]:
    """The names of targets in front of steps, by the vertices that load their definitions."""
    return frozenset(target for name in printed if (target := internal_target(name)))


def images_of(printed: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The digests that images were resolved to, by their whole names, in the order of the log."""
    found = (_IMAGE.match(name) for name in printed)
    return tuple(dict.fromkeys((match[1], match[2]) for match in found if match is not None))


def imports_of(printed: Iterable[str]) -> tuple[str, ...]:
    """The caches that vertices import."""
    mark = "importing cache manifest from "
    return tuple(dict.fromkeys(name.partition(mark)[2] for name in printed if mark in name[: len(mark) + 80]))


# Where several vertices have one name, the verdict that comes first here is the step's.
_RANKS: tuple[Verdict, ...] = ("failed", "cancelled", "ran", "unknown", "cached", "inferred", "resolved", "unneeded")


def by_name(steps: Iterable[LoggedStep]) -> tuple[LoggedStep, ...]:
    """The steps, each name once, stages in the order in which they appear and each in order."""
    found: dict[StepName, LoggedStep] = {}
    stages: dict[tuple[str, str, str], int] = {}
    for step in steps:
        known = found.get(step.name)
        if known is None or _RANKS.index(step.verdict) < _RANKS.index(known.verdict):
            found[step.name] = step
        stages.setdefault(step.name[:3], len(stages))
    return tuple(sorted(found.values(), key=lambda step: (stages[step.name[:3]], step.name.number)))
