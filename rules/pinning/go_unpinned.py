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
from ...analyzer.shell import Command, named
from ..brought import brought
from ..copies import is_whole
from ..facts import Facts
from ..reach import step_of
from ..rule import Diagnostic, Example, Rule
from ..unpinned import unpinned

RULE = Rule("go installs packages without a version", "warning", aliases=("DL3062",), on=(Run,), words=("go",))

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
    Example("FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go install github.com/a/b\n"),
    Example("FROM golang:1.25\nRUN --mount=type=bind,source=go.mod,target=go.mod go install tool github.com/a/b\n"),
    Example("FROM golang:1.9\nRUN go get -d github.com/a/b && cd src/github.com/a/b && git checkout v1.2.3\n"),
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
        if (verb != "get" and _has_module(instruction, see)) or _checks_out(command, instruction, see):
            continue
        names = words[1:2] if verb == "run" else words[1:]
        yield from unpinned(command, names, _is_pinned, instruction, see, "{}@VERSION", confidence="medium")


def _has_module(instruction: Instruction, see: Facts) -> bool:
    """Whether a go.mod is there when an instruction runs: it says which versions are installed."""
    step = step_of(instruction, see)
    if see.graph is None or step is None:
        return False
    return any(is_whole(one.taken) or one.names("go.mod") for one in brought(see.graph, step)[0])


def _checks_out(command: Command, instruction: Instruction, see: Facts) -> bool:
    """Whether a version of what a command has fetched is checked out behind it."""
    later = (one for one in see.calls(instruction, "git") if one.span > command.span)
    return any(word.text in ("checkout", "switch", "reset") for one in later for word in one.words[1:2])


def _is_pinned(name: str) -> bool:
    if name.startswith((".", "/")) or name.endswith(".go"):
        return True
    return "@" in name and not name.endswith(("@latest", "@none", "@upgrade"))
