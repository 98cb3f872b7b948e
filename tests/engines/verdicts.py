"""What the engine did with each step of a build beside what is predicted for it."""

from __future__ import annotations

from typing import NamedTuple

from dcache.analyzer.predict import Prediction
from engines.world import Done

Steps = dict[tuple[str, int], Done]


class Judged(NamedTuple):
    """One step: the engine's verdicts in the stable and the fresh mode, "" where it has none, and the prediction."""

    key: tuple[str, int]
    text: str
    truth: tuple[str, str]
    prediction: Prediction | None

    @property
    def right(self) -> bool:
        """Whether the engine did in both modes what is predicted for them."""
        return self.prediction is not None and self.truth == (self.prediction.best, self.prediction.worst)

    @property
    def wrong(self) -> bool:
        """Whether it did something that the prediction rules out; a step that was left open in vain is not wrong."""
        return not self.right and (self.prediction is None or "" in self.truth or self.prediction.verdict != "depends")

    @property
    def told(self) -> str:
        """What the engine says and what is predicted, in a line."""
        said = "nothing"
        if self.prediction is not None:
            why = "; ".join(f"{cause.kind}: {cause.text}" for cause in self.prediction.causes)
            said = f"{self.prediction.best}/{self.prediction.worst}" + (f" because {why}" if why else "")
        shown = "/".join(verdict or "nothing" for verdict in self.truth)
        return f"[{f'{self.key[0]} ' if self.key[0] else ''}{self.key[1]}] {self.text}: {shown}, predicted {said}"


def judged(predictions: tuple[Prediction, ...], stable: Steps, fresh: Steps) -> list[Judged]:
    """Every step that the engine took in either mode beside its prediction."""
    known = {(p.step.label, p.step.number): p for p in predictions if p.step.number}

    def verdict(done: Done | None) -> str:
        return "" if done is None else "miss" if done.ran else "hit"

    return [
        Judged(
            key,
            (stable.get(key) or fresh[key]).text,
            (verdict(stable.get(key)), verdict(fresh.get(key))),
            known.get(key),
        )
        for key in sorted(stable.keys() | fresh.keys())
    ]
