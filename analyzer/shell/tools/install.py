"""A dependency install, as a value."""

from __future__ import annotations

from collections.abc import Callable

from ...named_tuple import NamedTuple
from ...typing import Literal
from ..commands import Command
from ..options import texts

Sureness = Literal["high", "medium", "low"]


class Install(NamedTuple):
    """A command that fetches what a project depends on.

    `name` is the command in short, "npm ci"; `reads` the manifests that suffice for it, as a reader would list them,
    empty where it needs no file. `files` are those that its words name. `folder` is where it runs: as far as `cd` and
    options tell, "" for the working directory. `local` is True where it installs what lies in the project itself, so
    that it needs the source. `sure` says how surely nothing but the manifests is needed; `hint` how to see to that.
    `strict` is True where it fails without a lock file. `fetch` is the command that fetches what it needs and builds
    nothing, "" where there is none, or where it is that command itself.
    """

    name: str
    tool: str
    command: Command
    reads: tuple[str, ...]
    files: tuple[str, ...] = ()
    folder: str = ""
    local: bool = False
    sure: Sureness = "high"
    hint: str = ""
    strict: bool = False
    fetch: str = ""


Reader = Callable[[Command], Install | None]


def fixed(tool: str, verbs: tuple[tuple[str, ...], ...], *reads: str, strict: str = "") -> Reader:
    """A tool whose install is one of some fixed subcommands; `strict` is the option that insists on a lock file."""

    def read(command: Command) -> Install | None:
        words = texts(command)
        plain = [word for word in words if not word.startswith("-")]
        for verb in verbs:
            if tuple(plain[: len(verb)]) == verb:
                name = f"{command.program} {' '.join(verb)}"
                return Install(name, tool, command, reads, strict=bool(strict) and strict in words)
        return None

    return read
