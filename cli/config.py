"""`dcache config`."""

from __future__ import annotations

import os

import click

from ..config import ConfigError
from ..pipeline.lint import LintRequest, lint_config
from .completion import FILE, files
from .output import echo_json, echo_lines


@click.command("config")
@click.argument("path", default=os.curdir, shell_complete=files)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of dcache.toml.")
@click.option("--from-hadolint", **FILE, help="Print a dcache.toml that does what a .hadolint.yaml does.")
def command(path: str, schema: bool, from_hadolint: str | None) -> None:
    """Show the settings that count for PATH, and where each comes from."""
    if schema:
        from ..reports.rules import config_schema

        echo_json(config_schema())
    elif from_hadolint is not None:
        from .from_hadolint import converted

        click.echo(converted(from_hadolint), nl=False)
    else:
        if not os.path.exists(path):
            raise ConfigError(f"`{path}`: no such file or directory")
        from .settings import setting_lines

        echo_lines(setting_lines(lint_config(LintRequest(), path)))
