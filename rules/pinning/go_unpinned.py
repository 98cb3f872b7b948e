"""go fetches a package without a version.

## What it finds

`go install PATH`, `go get PATH` and `go run PATH` of a package from elsewhere without `@VERSION`, or with `@latest`.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Inside a module, `go install PATH` without a version takes the one of go.mod: there it is pinned after all, which the
Dockerfile does not show. Local packages (`./…`, `…/…` files) are not reported; hadolint reports `go run main.go`, too.

## References

- hadolint DL3062
- https://go.dev/ref/mod#go-install
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import named
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import unpinned

RULE = Rule("go installs packages without a version", "warning", aliases=("DL3062",), on=(Run,))

BAD = (
    Example("FROM golang:1.25\nRUN go install «golang.org/x/tools/gopls@latest»\n"),
    Example("FROM golang:1.25\nRUN go get -u «github.com/a/b»\n"),
    Example("FROM golang:1.25\nRUN go run «github.com/a/b» serve\n"),
)
GOOD = (
    Example("FROM golang:1.25\nRUN go install golang.org/x/tools/gopls@v0.16.2\n"),
    Example("FROM golang:1.25\nRUN go install ./... && go get -d -v ./... && go install\n"),
    Example("FROM golang:1.25\nRUN go run main.go --flag x\n"),
    Example("FROM golang:1.25\nRUN go run ./cmd/gen github.com/a/b\n"),
    Example('FROM golang:1.25\nRUN go install -ldflags "-s -w" -tags netgo ./cmd/x\n'),
    Example("FROM golang:1.25\nRUN go build github.com/a/b\n"),
)

_VALUED = frozenset(
    {"-ldflags", "-tags", "-gcflags", "-asmflags", "-mod", "-o", "-p", "-C", "-installsuffix", "-buildmode", "-exec"}
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "go"):
        words = named(command, _VALUED)
        verb = words[0].text if words else ""
        if verb not in ("install", "get", "run"):
            continue
        names = words[1:2] if verb == "run" else words[1:]
        loose = [word for word in names if word.text != "tool"]
        yield from unpinned(command, loose, _is_pinned, instruction, see, "{}@VERSION", confidence="medium")


def _is_pinned(name: str) -> bool:
    if name.startswith((".", "/")) or name.endswith(".go"):
        return True
    return "@" in name and not name.endswith(("@latest", "@none", "@upgrade"))
