"""The protocol of a port is not in lower case.

## What it finds

`EXPOSE 80/TCP`, also where the port comes from a variable of the file.

## Why it costs

Nothing at build time with BuildKit, which lowers it; other tools may not know the protocol.

## When to allow it

Nowhere.

## References

- https://docs.docker.com/reference/build-checks/expose-proto-casing/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert_expose.go: parsePort
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ..facts import Facts
from ..ports import ports
from ..rule import Diagnostic, Example, Rule

RULE = Rule("the protocol in EXPOSE is not in lower case", "info", ("ExposeProtoCasing",), (Other,), words=("expose",))

BAD = (Example("FROM alpine\nEXPOSE 80 «53/UDP»\n"),)
GOOD = (Example("FROM alpine\nEXPOSE 80 53/udp\n"), Example("FROM alpine\nEXPOSE $PORT\n"))


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if instruction.keyword != "EXPOSE":
        return
    for port in ports(instruction, see):
        protocol = port.text.partition("/")[2]
        if protocol != protocol.lower():
            yield Diagnostic(
                port.span,
                f"the protocol of `{port.text}` is not in lower case",
                "not every tool knows it so",
                f"write `{port.text.lower()}`",
            )
