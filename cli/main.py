"""The command `dcache`: finds the subcommand, turns errors into one line and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from .. import __version__

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
    try:
        status = dcache.main(arguments, standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
    except click.exceptions.Exit as request:
        status = request.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    except OSError as error:
        click.echo(f"dcache: {error.filename or 'the output'}: {error.strerror}", err=True)
        status = 2
    except Exception as error:
        status = _failed(error)
    sys.exit(status or 0)


def _failed(error: Exception) -> int:
    from .errors import bad_input
    from .output import echo_lines

    told = bad_input(error)
    if told is not None:
        echo_lines(told.splitlines(), err=True)
        return 2
    import traceback

    traceback.print_exc()
    click.echo(f"dcache: this is a fault of dcache {__version__}; please report it with the text above", err=True)
    return 3
