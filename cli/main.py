"""The command `dcache`: finds the subcommand."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module

import click

from .. import __version__
from ..analyzer.typing import TYPE_CHECKING, NoReturn
from .ending import ended

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "config": "the settings of a lint, and where each comes from",
    "explain": "why one step misses, in full",
    "fix": "repair what lint finds",
    "graph": "the build as a graph",
    "lint": "what in Dockerfiles costs rebuilds, and what other linters look for",
    "parse": "what was read of Dockerfiles",
    "pin": "look up what Dockerfiles name, and write digests, versions, commits and checksums",
    "predict": "which steps of a build will miss the cache, and why",
    "rule": "what a rule finds, and when to allow it",
    "rules": "the list of all rules",
    "snapshot": "save what a build leaves in a cache",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"..{cmd_name}", __name__).command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing them, and the options."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=told) for name, told in sorted(_COMMANDS.items()) if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", package_name="dcache-lint", message="dcache %(version)s")
def dcache() -> None:
    """Tells which steps of a container build will miss the cache, and why, before it is built."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; exits with 0, 1 (findings), 2 (bad input) or 3 (a fault of dcache)."""
    sys.exit(ended(partial(_run, arguments)))


def _run(arguments: Sequence[str] | None) -> int | None:
    if "_DCACHE_COMPLETE" in os.environ:
        from .completion import mend

        mend()
    try:
        status: int | None = dcache.main(arguments, standalone_mode=False)
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    return status
