"""What the FROM lines of a file say once their variables are replaced by the defaults of the global arguments."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ..analyzer.dockerfile import ExpansionError, expand
from ..analyzer.dockerfile.syntax import Arg, Dockerfile, From, Stage
from ..analyzer.named_tuple import NamedTuple

PLATFORM = "linux/amd64"
"""The platform that a build without options is taken to be for, and to run on."""

_PREDEFINED = {
    f"{side}{part}": value
    for side in ("BUILD", "TARGET")
    for part, value in (("PLATFORM", PLATFORM), ("OS", "linux"), ("OSVERSION", ""), ("ARCH", "amd64"), ("VARIANT", ""))
}


class Misspelt(NamedTuple):
    """A variable that nothing defines, and the defined one whose name is nearest: evidence for a fixer."""

    name: str
    near: str


class Expanded(NamedTuple):
    """A text with its variables replaced, and the names of those that have a value and of those that have none.

    `text` is None where the engine cannot expand it.
    """

    text: str | None
    matched: frozenset[str]
    unmatched: frozenset[str]


class Base(NamedTuple):
    """What a stage is based on: the image as expanded, the platform, and the stage that the image name means."""

    image: Expanded
    platform: Expanded | None
    parent: int | None


class Bases(NamedTuple):
    """The bases of all stages. `values` are the global arguments, `declared` the names that FROM may use."""

    stages: tuple[Base, ...]
    values: Mapping[str, str]
    declared: frozenset[str]

    def lineage(self, stage: int) -> tuple[int, ...]:
        """The stages that a stage stands on, the first one first, and itself."""
        found = [stage]
        while (parent := self.stages[found[-1]].parent) is not None:
            found.append(parent)
        return tuple(reversed(found))

    def from_scratch(self, stage: int) -> bool:
        """Whether nothing that is not written in the file is in a stage."""
        return self.stages[self.lineage(stage)[0]].image.text == "scratch"


def read_bases(dockerfile: Dockerfile) -> Bases:
    """The bases of a file, as the engine finds them where no build argument is given (convert.go: buildMetaArgs)."""
    values, declared = global_arguments(dockerfile)
    names: dict[str, int] = {}
    found: list[Base] = []
    for stage in dockerfile.stages:
        body = stage.instructions[0].body
        assert isinstance(body, From)
        image = expanded(body.image.text, values, dockerfile.escape)
        platform = expanded(body.platform, values, dockerfile.escape) if body.platform else None
        found.append(Base(image, platform, names.get(image.text or "")))
        if stage.name is not None:
            names[stage.name] = stage.index
    return Bases(tuple(found), values, declared)


def global_arguments(dockerfile: Dockerfile) -> tuple[dict[str, str], frozenset[str]]:
    """The values of the arguments before the first FROM, and the names of all that FROM may use."""
    values = dict(_PREDEFINED)
    values["TARGETSTAGE"] = dockerfile.stages[-1].name or "default" if dockerfile.stages else "default"
    declared = set(values)
    for instruction in dockerfile.preamble:
        if isinstance(instruction.body, Arg):
            for pair in instruction.body.pairs:
                declared.add(pair.key)
                if pair.value is not None:
                    values[pair.key] = expanded(pair.value, values, dockerfile.escape).text or ""
    return values, frozenset(declared)


def expanded(text: str, values: Mapping[str, str], escape: str) -> Expanded:
    """A text with its variables replaced."""
    if "$" not in text and "'" not in text and '"' not in text and escape not in text:
        return Expanded(text, frozenset(), frozenset())
    asked: set[str] = set()

    def value(name: str) -> str | None:
        asked.add(name)
        return values.get(name)

    try:
        result: str | None = expand(text, value, escape)
    except ExpansionError:
        result = None
    return Expanded(result, frozenset(asked & values.keys()), frozenset(asked - values.keys()))


def nearest(name: str, known: Set[str]) -> str:
    """The known name that one is most like, "" where it is like none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), 1)), "")


def image_of(stage: Stage) -> From:
    """The FROM of a stage."""
    body = stage.instructions[0].body
    assert isinstance(body, From)
    return body
