"""EXPOSE has a port that does not exist.

## What it finds

Ports above 65535, in ranges too.

## Why it costs

The engine refuses to build the stage.

## When to allow it

Nowhere.

## References

- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert_expose.go: parsePortNumber
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ..facts import Facts
from ..ports import ports
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a port does not exist", "error", ("DL3011", "DS-0008"), (Other,), words=("expose",))

BAD = (Example("FROM alpine\nEXPOSE 80 «65536»\n"), Example("FROM alpine\nEXPOSE «65530-65540/udp»\n"))
GOOD = (
    Example("FROM alpine\nEXPOSE 0 65535\n"),
    Example("FROM alpine\nEXPOSE ${PORT}\n"),
    Example("FROM alpine\nEXPOSE 7000-7009/tcp\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if instruction.keyword != "EXPOSE":
        return
    for port in ports(instruction, see):
        numbers = port.text.rpartition(":")[2].partition("/")[0].split("-")
        if any(number.isdecimal() and int(number[:6]) > 65535 for number in numbers):
            yield Diagnostic(
                port.span,
                f"the port `{port.text}` does not exist",
                "the engine refuses it",
                "choose one from 0 to 65535",
            )
