"""What steps cost: durations that logs of real builds told, by the text of the instruction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .dockerfile.syntax import Instruction, Run
from .named_tuple import NamedTuple
from .typing import Any, Literal

# How many durations of one instruction are kept: the newest.
KEPT = 10

Kind = Literal["install", "run", "quick", "copy", "image", "mkdir"]

SECONDS: Mapping[Kind, float] = {"install": 77.0, "run": 8.0, "quick": 0.3, "copy": 0.5, "image": 1.0, "mkdir": 0.1}
"""What a step takes where no log of it is known: only good for weighing steps against each other.

In public logs of CI builds a RUN takes 8 s at the median and 77 s at the 90th percentile, a COPY 0.5 s at the median.
What installs or compiles is taken for one of the dear tenth; `quick` is a RUN of nothing but programs that arrange a
few files, whose cost is that of starting a container.
"""

WARM: Mapping[str, float] = {"go build": 0.13, "pnpm": 0.8}
"""What is left of the time of a step whose tool finds its cache in a warm mount, by the tool's name or the command's.

As measured by bench/cache_mounts.py (docs/cache-mounts.md): the larger of two shares of CPU time, with nothing changed
in the project, and with one dependency or one source file. What is missing here was not measured, or saved nothing for
sure: where the registry is near, an install takes its time for unpacking.
"""


class Spent(NamedTuple):
    """How many seconds some steps took; `whole` is False where the duration of a RUN among them is not known."""

    seconds: float
    whole: bool

    @property
    def told(self) -> str:
        """The figure as people say it, and that it is measured; "" where it is less than a second."""
        least = "" if self.whole else "at least "
        return f"{least}{duration(self.seconds)} as measured" if self.seconds >= 1 else ""


class Project(NamedTuple):
    """One Dockerfile: digests that images were last resolved to, by whole names; durations, the newest last.

    `seconds` are those of executed steps, by the instruction as `instruction_key` writes it.
    """

    images: Mapping[str, str] = {}
    seconds: Mapping[str, tuple[float, ...]] = {}

    def typical(self, instruction: Instruction) -> float | None:
        """The median of an instruction's durations in seconds, None where none is known."""
        known = self.seconds.get(instruction_key(instruction)) if self.seconds else None
        if not known:
            return None
        from statistics import median  # a lint without durations does without it

        return median(known)

    def spent(self, instructions: Iterable[Instruction]) -> Spent:
        """What these instructions took together, as far as it is known: what is not counts as nothing."""
        known = [(one, self.typical(one)) for one in instructions]
        whole = all(seconds is not None for one, seconds in known if isinstance(one.body, Run))
        return Spent(sum(seconds for _, seconds in known if seconds is not None), whole)


class Costs(NamedTuple):
    """Everything that is kept, by the root of a repository and the path of a Dockerfile below it."""

    projects: Mapping[tuple[str, str], Project] = {}

    def project(self, root: str, dockerfile: str) -> Project:
        """What is known of one Dockerfile, empty where nothing is."""
        return self.projects.get((root, dockerfile), Project())


def duration(seconds: float) -> str:
    """`94 s`, `3 min`: a duration as people say it."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def instruction_key(instruction: Instruction) -> str:
    """An instruction as durations are filed: as written with its heredocs, each run of white space a blank."""
    return " ".join(" ".join((instruction.text, *(heredoc.content for heredoc in instruction.heredocs))).split())


def with_build(
    costs: Costs, key: tuple[str, str], images: Iterable[tuple[str, str]], ran: Iterable[tuple[Instruction, float]]
) -> Costs:
    """The costs and those of one more build: the durations of its instructions that were executed."""
    known = costs.project(*key)
    seconds = dict(known.seconds)
    for instruction, duration in ran:
        filed = instruction_key(instruction)
        seconds[filed] = (*seconds.get(filed, ()), duration)[-KEPT:]
    return Costs({**costs.projects, key: Project({**known.images, **dict(images)}, seconds)})


def to_document(costs: Costs) -> dict[str, object]:
    """The document of costs (schemas/costs.json)."""
    return {
        "version": 1,
        "projects": [
            {
                "root": root,
                "dockerfile": dockerfile,
                "images": dict(sorted(project.images.items())),
                "steps": [{"instruction": text, "seconds": list(known)} for text, known in project.seconds.items()],
            }
            for (root, dockerfile), project in sorted(costs.projects.items())
        ],
    }


def from_document(document: dict[str, Any]) -> Costs:
    """The costs in a document that schemas/costs.json accepts."""
    return Costs(
        {
            (row["root"], row["dockerfile"]): Project(
                row["images"], {step["instruction"]: tuple(map(float, step["seconds"])) for step in row["steps"]}
            )
            for row in document["projects"]
        }
    )
