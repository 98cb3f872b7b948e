"""How commands write: terminal style and JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..reports.prediction import Style

F = TypeVar("F", bound=Callable[..., Any])


def style() -> Style:
    """Colour only on a terminal and without NO_COLOR; as wide as the terminal, unbounded where there is none."""
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else int(os.environ.get("COLUMNS") or 160)
    return Style(width, terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def format_option(*choices: str) -> Callable[[F], F]:
    """The option --format, whose first choice is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="The form of the output.",
    )


def echo_json(document: dict[str, object]) -> None:
    """Write a JSON document to standard output."""
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=True))
