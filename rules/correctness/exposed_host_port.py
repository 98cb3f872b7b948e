"""EXPOSE has an address or a port of the host.

## What it finds

`EXPOSE 127.0.0.1:80:80`, `EXPOSE 8080:80`.

## Why it costs

EXPOSE publishes nothing: the part before the last colon is dropped, and a future release of the engine refuses it.

## When to allow it

Nowhere; `docker run -p 8080:80` is the place for it.

## References

- https://docs.docker.com/reference/build-checks/expose-invalid-format/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert_expose.go: parsePort
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ..facts import Facts
from ..ports import ports
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "EXPOSE has an address or a port of the host", "warning", ("ExposeInvalidFormat",), (Other,), words=("expose",)
)

BAD = (Example("FROM alpine\nEXPOSE «8080:80»\n"), Example("FROM alpine\nEXPOSE 1 «127.0.0.1:80:80/udp»\n"))
GOOD = (
    Example("FROM alpine\nEXPOSE 80 53/udp 7000-7009\n"),
    Example("FROM alpine\nEXPOSE ${PORT:-80}\n"),
    Example("FROM alpine\nENV PORT=80\nEXPOSE $PORT\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if instruction.keyword != "EXPOSE":
        return
    for port in ports(instruction, see):
        if ":" in port.text:
            yield Diagnostic(
                port.span,
                f"`{port.text}` has an address or a port of the host",
                "EXPOSE publishes nothing, and a future release of the engine refuses it",
                f"write `{port.text.rpartition(':')[2]}`",
            )
