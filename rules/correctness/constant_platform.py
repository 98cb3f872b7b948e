"""FROM --platform has a fixed value.

## What it finds

`FROM --platform=linux/amd64 …`, unless the name of the stage has the system or the architecture in it; and, as mere
information, any other platform than those of the build or the target.

## Why it costs

The image is built for that platform whatever `--platform` the build is given: on other machines it is emulated, or does
not start.

## When to allow it

Where the stage makes the image of one platform: a name such as `build-amd64` says so.

## References

- https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: reportConstPlatformDisallowed
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import From, Instruction
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "the platform of FROM is fixed",
    "warning",
    ("FromPlatformFlagConstDisallowed", "DL3029"),
    (From,),
    words=("--platform",),
)

BAD = (
    Example("FROM «--platform=linux/amd64» alpine\n"),
    Example("ARG P=linux/amd64\nFROM «--platform=$P» alpine\n"),
)
GOOD = (
    Example("FROM --platform=$BUILDPLATFORM alpine AS build\n"),
    Example("FROM --platform=${TARGETPLATFORM} alpine\n"),
    Example("FROM --platform=linux/$TARGETPLATFORM alpine\n"),
    Example("FROM alpine\n"),
)

_ARCHITECTURES = {
    **{name: name for name in "386 amd64 arm arm64 loong64 mips64le ppc64le riscv64 s390x wasm".split()},
    **{"i386": "386", "x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "armel": "arm"},
}
_SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd", "wasi"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, From) or not body.platform:
        return
    if "BUILDPLATFORM" in body.platform or "TARGETPLATFORM" in body.platform:
        return
    flag = next(one for one in instruction.flags if one.name == "platform")
    found = Diagnostic(
        flag.span,
        f"the platform is always `{body.platform}`",
        "`docker build --platform` does not change it",
        "use `$BUILDPLATFORM`, or leave it out",
    )
    parts = None if "$" in body.platform else _parts(body.platform)
    name = body.name.text.lower() if body.name else ""
    if parts is not None and not any(part in name for part in parts):
        yield found
    else:
        yield found._replace(severity="info", aliases=("DL3029",))


def _parts(platform: str) -> tuple[str, str] | None:
    """System and architecture as containerd's platforms.Parse takes them; None where it refuses."""
    first, _, rest = platform.lower().strip("'\"").partition("/")
    second = rest.partition("/")[0]
    if not second:
        if first in _SYSTEMS:
            return first, "amd64"
        return ("linux", _ARCHITECTURES[first]) if first in _ARCHITECTURES else None
    return first, _ARCHITECTURES.get(second, second)
