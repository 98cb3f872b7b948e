"""Takes `--link` out. Safe: beside `--chmod`, BuildKit makes an ordinary copy either way."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..flags import remove_flag


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The copy without the flag."""
    instruction = instruction_at(see.dockerfile, found.primary)
    links = [flag for flag in instruction.flags if flag.name == "link"] if instruction is not None else []
    if links:
        yield Fix("drop `--link`", True, {see.path: tuple(remove_flag(see.dockerfile, flag) for flag in links)})
