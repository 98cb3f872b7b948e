"""How commands write: terminal style and JSON."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

from ..analyzer.typing import Any, TypeVar
from ..reports.style import Style

F = TypeVar("F", bound=Callable[..., Any])


def style(file: str | None = None) -> Style:
    """Colour only on a terminal and without NO_COLOR; as wide as the terminal, unbounded where there is none.

    With a `file`, the output goes there and is plain.
    """
    if file is not None:
        return Style(0, False)
    terminal = bool(sys.stdout) and sys.stdout.isatty()
    width = _columns() or (os.get_terminal_size(sys.stdout.fileno()).columns if terminal else 0)
    return Style(width, terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def _columns() -> int:
    """The width that COLUMNS asks for, 0 where it asks for none."""
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() else 0


def format_option(*choices: str) -> Callable[[F], F]:
    """The option --format, whose first choice is the default."""
    import click  # a lint without options does without it

    return click.option(
        "--format",
        "output_format",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="The form of the output.",
    )


def echo_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Write lines for people: what a terminal would obey, and what is no text, is shown escaped."""
    shown = [line if line.isprintable() else _CONTROL.sub(_escaped, line) for line in lines]
    if shown:
        _write("\n".join(shown), err=err)


# Everything but colours of our own: names of files and texts of Dockerfiles may hold anything.
_CONTROL = re.compile("(?!\x1b\\[[0-9;]{0,4}m)[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


@contextmanager
def output_to(path: str | None) -> Generator[Callable[[Iterable[str], bool], None]]:
    """What writes lines to a file, whole or not at all, or to standard output; `exact` leaves them as they are."""
    if path is None or path == "-":
        yield lambda lines, exact: _echo_exactly(lines) if exact else echo_lines(lines)
        return
    from ..pipeline.files import write_file

    yield lambda lines, exact: write_file("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"), path)


def _echo_exactly(lines: Iterable[str]) -> None:
    shown = list(lines)
    if shown:
        _write("\n".join(shown).encode("utf-8", "replace").decode())


def echo_json(document: dict[str, object]) -> None:
    """Write a JSON document to standard output."""
    import json

    _write(json.dumps(document, indent=2, ensure_ascii=True))


def write_line(text: str, *, err: bool = False) -> None:
    """Write one line as it is, where there is somewhere to write to."""
    if os.name == "nt":
        import click  # whose echo knows the consoles of Windows

        click.echo(text, err=err)
        return
    stream = sys.stderr if err else sys.stdout
    if stream:
        stream.write(f"{text}\n")
        stream.flush()


def _write(text: str, *, err: bool = False) -> None:
    """Write lines; where the reader has gone (`| head`), end quietly: that is no finding."""
    try:
        write_line(text, err=err)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
