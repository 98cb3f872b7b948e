"""The ports of an EXPOSE."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Instruction, Other, Word
from .environments import value_of
from .facts import Facts


def ports(instruction: Instruction, see: Facts) -> Iterator[Word]:
    """What an EXPOSE declares, variables replaced; what only the base image tells is left out.

    A trigger of ONBUILD is judged in the builds that it runs in: it has none here.
    """
    if isinstance(instruction.body, Other) and not see.is_trigger(instruction):
        for word in instruction.body.words:
            value = value_of(word.text, word.span, instruction, see)
            for port in (value or "").split():
                yield Word(port, word.span)
