"""All that is said about one build: predictions for each platform, and what to know about them."""

from __future__ import annotations

from ..named_tuple import NamedTuple
from ..plans import BuildOptions
from ..source import SourceFile
from ..state import Build
from .prediction import Prediction


class Note(NamedTuple):
    """Something that a reader should know once; `offset` is where in the Dockerfile, None where nowhere."""

    text: str
    offset: int | None = None


class PlatformReport(NamedTuple):
    """The predictions for one platform's build."""

    build: Build
    predictions: tuple[Prediction, ...]


class PredictReport(NamedTuple):
    """What a build will find. `label` says what is built, `against` what the cache is taken to hold."""

    options: BuildOptions
    label: str
    against: tuple[str, ...]
    platforms: tuple[PlatformReport, ...]
    notes: tuple[Note, ...]

    @property
    def source(self) -> SourceFile:
        """The Dockerfile that was predicted."""
        return self.platforms[0].build.graph.plan.dockerfile.source

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """The predictions of all platforms for the steps that the engine shows."""
        return tuple(p for platform in self.platforms for p in platform.predictions if p.step.number)
