"""The effects of instructions in texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.effects import Effects, stage_effects
from dcache.analyzer.shell import Opaque
from dcache.analyzer.source import SourceFile
from dcache.rules.facts import Facts

StageEffects = Callable[[str], tuple[Effects | Opaque, ...]]


@pytest.fixture
def of_stage() -> StageEffects:
    """What the instructions of the last stage of a text do, FROM first."""

    def read(text: str) -> tuple[Effects | Opaque, ...]:
        see = Facts(parse(SourceFile("Dockerfile", text)))
        assert see.graph is not None, see.refusal
        return stage_effects(see.graph, len(see.dockerfile.stages) - 1, see.commands)

    return read
