"""The options of `dcache lint`, which `dcache fix` shares in part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from ..analyzer.typing import Any
from ..reports.findings import FORMATS
from ..rules.rule import CONFIDENCES, SEVERITIES
from .completion import DIR, FILE, PATH, rule_names

Command = Callable[..., None]


def names(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names in values that may hold several, separated by commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


# What options that take names of rules have in common.
NAMES: dict[str, Any] = {"multiple": True, "metavar": "NAME", "callback": names, "shell_complete": rule_names}


def rule_options(function: Command) -> Command:
    """The command with the options that choose rules and findings."""
    options = [
        click.option("--select", **NAMES, help="Only these."),
        click.option("--extend-select", **NAMES, help="These besides."),
        click.option("--ignore", **NAMES, help="Without these."),
        click.option(
            "--per-file-ignores",
            multiple=True,
            metavar="PATTERN:NAME",
            callback=names,
            help="Not these there.",
        ),
        click.option("--severity", type=click.Choice(SEVERITIES), help="The least grave to report. [info]"),
        click.option("--confidence", type=click.Choice(CONFIDENCES), help="The least sure to report. [medium]"),
        click.option("--fail-on", type=click.Choice((*SEVERITIES, "never")), help="The least grave to fail on. [info]"),
        click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
    ]
    return _with(function, options)


def file_options(function: Command) -> Command:
    """The command with the options that say which files, settings and comments count."""
    options = [
        click.option("--context", **DIR, help="The context of all files. [the directory of each]"),
        click.option("--exclude", multiple=True, metavar="PATTERN", callback=names, help="Skip these, unless named."),
        click.option("--force-exclude", is_flag=True, help="Skip what is excluded though it is named, as by hooks."),
        click.option("--respect-gitignore/--no-respect-gitignore", default=None, help="Skip what git ignores. [on]"),
        click.option("--stdin-filename", **PATH, help="What `-` is called, and whose settings count for it."),
        click.option("--config", **FILE, help="Use this settings file for all files."),
        click.option("--isolated", is_flag=True, help="Use no settings file."),
        click.option("--diff-base", metavar="REV", help="Only findings on lines that differ from a git revision."),
        click.option("--baseline", **FILE, help="Without the findings that this file accepts."),
        click.option("--write-baseline", is_flag=True, help="Accept all present findings in --baseline FILE."),
        click.option("--shrink-baseline", is_flag=True, help="Drop from --baseline FILE what is found no more."),
        click.option("--disable-comments", is_flag=True, help="Report also what comments ask to ignore."),
        click.option("--add-ignore", is_flag=True, help="Write comments that ignore what is found."),
        click.option("-j", "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to use."),
    ]
    return _with(function, options)


def output_options(function: Command) -> Command:
    """The command with the options that say what is shown, and where."""
    options = [
        click.option(
            "--output-format",
            "--format",
            "output_format",
            type=click.Choice([*FORMATS, "text"]),
            help="The form of the output. [full]",
        ),
        click.option("-o", "--output-file", **FILE, help="Write there instead of to standard output."),
        click.option("--statistics", is_flag=True, help="Count the findings of each rule instead."),
        click.option("--show-files", is_flag=True, help="List the files that would be read, and stop."),
        click.option("--show-config", is_flag=True, help="Show the settings, and where each comes from, and stop."),
        click.option("--watch", is_flag=True, help="Do it again whenever a file changes."),
    ]
    return _with(function, options)


def _with(function: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        function = option(function)
    return function
