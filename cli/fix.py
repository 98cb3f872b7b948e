"""`dcache fix`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

import click

from ..analyzer.source import apply_edits
from ..analyzer.typing import Any
from ..fixers.apply import Accept
from ..pipeline.files import write_file
from ..pipeline.fix import FileFix, FixRequest, run_fix, written
from ..reports.fixes import diff_lines, fix_document, fix_lines
from ..rules.rule import Diagnostic, Fix
from .completion import DIR, FILE, PATH, files
from .errors import complain
from .lint import lint_request
from .lint_options import NAMES, names
from .output import echo_json, echo_lines, format_option, style


@click.command("fix")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=files)
@click.option("--unsafe", is_flag=True, help="Apply also fixes that assume something; each says what.")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where something would be fixed.")
@click.option("--interactive", "-i", is_flag=True, help="Ask before each fix.")
@click.option("--select", **NAMES, help="Only these.")
@click.option("--extend-select", **NAMES, help="These besides.")
@click.option("--ignore", **NAMES, help="Without these.")
@click.option("--context", **DIR, help="The context of all files. [the directory of each]")
@click.option("--exclude", multiple=True, metavar="PATTERN", callback=names, help="Skip these, unless named.")
@click.option("--force-exclude", is_flag=True, help="Skip what is excluded though it is named, as by hooks.")
@click.option("--stdin-filename", **PATH, help="What `-` is called, and whose settings count for it.")
@click.option("--config", **FILE, help="Use this settings file for all files.")
@click.option("--isolated", is_flag=True, help="Use no settings file.")
@format_option("text", "json")
def command(paths: tuple[str, ...], unsafe: bool, diff: bool, check: bool, interactive: bool, **given: Any) -> None:
    """Repair what `dcache lint` finds: safe fixes, or with --unsafe all of them.

    A safe fix leaves every build that succeeds as it is, with the same image. PATH is a Dockerfile, a directory to look
    for them in (default: the current one), or `-`: then the fixed text is written to standard output.
    Exits with 0; with --check or --diff, 1 where something would be fixed; 2 where a file cannot be read.
    """
    as_json = given.pop("output_format") == "json"
    if interactive and (diff or check or as_json or "-" in paths):
        raise click.UsageError("--interactive asks and writes: neither --diff, --check, JSON nor `-` goes with it")
    if as_json and (diff or "-" in paths):
        raise click.UsageError("standard output is for the JSON document: neither --diff nor `-` goes with it")
    request = FixRequest(lint_request(paths or (".",), given), unsafe)
    if interactive:
        request = request._replace(accept=_asked())
    done = not (check or diff)
    ended: list[FileFix] = []
    told: set[str] = set()
    for one in run_fix(request):
        if done and one.differs and "-" not in paths:
            one = written(one)
        ended.append(one)
        complain(one.fixed.report, told)
        if one.source is not None and "-" in paths and done:
            write_file(one.source._replace(text=one.fixed.texts.get(one.path, one.source.text)).encode(), "-")
        elif diff:
            before = {path: old.text for path, old in one.before.items()}
            echo_lines(diff_lines(before, {path: one.fixed.texts[path] for path in before}, style()))
        if not as_json:
            echo_lines(fix_lines(one.path, one.fixed, style(), done=done), err=diff or "-" in paths)
    if as_json:
        echo_json(fix_document({one.path: one.fixed for one in ended}, done=done))
    else:
        echo_lines(_summary(ended, unsafe, done=done), err=diff or "-" in paths)
    status = max((one.fixed.report.status for one in ended), default=0)
    if status or (not done and any(one.differs for one in ended)):
        sys.exit(status or 1)


def _summary(ended: list[FileFix], unsafe: bool, *, done: bool) -> Iterator[str]:
    from ..fixers.fix import has_cure

    count = sum(len(one.fixed.applied) for one in ended)
    files = sum(bool(one.fixed.applied) for one in ended)
    left = [found for one in ended for found in one.fixed.report.diagnostics]
    curable = 0 if unsafe else sum(has_cure(found.rule) for found in left)
    told = f"{count} {'fixed' if done else 'to fix'} in {files} of {len(ended)} file{'' if len(ended) == 1 else 's'}"
    if left:
        told += f"; {len(left)} finding{'' if len(left) == 1 else 's'} left, `dcache lint` shows them"
    if curable:
        told += "; --unsafe may cure some of them"
    yield told


def _asked() -> Accept:
    """Asks of each fix whether it is wanted."""
    everything = False
    stopped = False

    def accept(found: Diagnostic, fix: Fix, texts: Mapping[str, str]) -> bool:
        nonlocal everything, stopped
        if everything or stopped:
            return everything
        echo_lines([f"{found.rule}: {found.message}", f"  {fix.title}"])
        if fix.gain:
            echo_lines([f"  gain: {fix.gain}"])
        if not fix.safe:
            echo_lines([f"  unsafe: it assumes that {fix.assumes}"])
        echo_lines(diff_lines(texts, {path: apply_edits(texts[path], fix.edits[path]) for path in texts}, style()))
        answer = click.prompt("apply", type=click.Choice(["y", "n", "all", "quit"]), default="y")
        everything, stopped = answer == "all", answer == "quit"
        return answer in ("y", "all")

    return accept
