"""`dcache lint`."""

from __future__ import annotations

import sys

import click

from ..analyzer.typing import Any
from ..pipeline.lint import LintRequest, lint_config, lint_files, run_lint
from .completion import files
from .errors import bad_input
from .lint_options import file_options, output_options, rule_options
from .linting import lint, show
from .output import echo_lines

_SETTINGS = ("severity", "fail_on", "confidence", "output_format", "context", "respect_gitignore")
_ONCE = ("output_file", "show_files", "show_config", "add_ignore", "write_baseline", "shrink_baseline")
_LISTS = ("select", "extend_select", "ignore", "exclude")


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=files)
@rule_options
@file_options
@output_options
def command(paths: tuple[str, ...], **given: Any) -> None:
    """Find what in Dockerfiles costs rebuilds, and what other linters look for.

    PATH is a Dockerfile, a directory to look for them in (default: the current one), or `-` for standard input.
    NAME is a rule, a theme, an alias such as DL3008, or ALL; several are separated by commas.
    Exits with 0 where nothing is found, 1 where something is, 2 where a file cannot be read or would be refused.
    """
    if (given["write_baseline"] or given["shrink_baseline"]) and not given["baseline"]:
        raise click.UsageError("--write-baseline and --shrink-baseline need --baseline FILE")
    if (given["write_baseline"] or given["shrink_baseline"]) and given["diff_base"]:
        raise click.UsageError("--diff-base leaves findings out, which the baseline would forget: name one of them")
    if given["watch"] and ("-" in paths or any(given[name] for name in _ONCE)):
        others = ", ".join(f"--{name.replace('_', '-')}" for name in _ONCE)
        raise click.UsageError(f"--watch reads files and shows what is found: none of `-`, {others} goes with it")
    request = lint_request(paths or (".",), given)
    if given["show_files"]:
        echo_lines(lint_files(request))
    elif given["show_config"]:
        from .settings import setting_lines

        echo_lines(setting_lines(lint_config(request, request.paths[0])))
    elif given["add_ignore"]:
        _add_ignores(request)
    elif given["watch"]:
        _watch(request, given)
    else:
        status = lint(request, output_file=given["output_file"], statistics=given["statistics"])
        if status and not (status == 1 and given["exit_zero"]):
            sys.exit(status)


def lint_request(paths: tuple[str, ...], given: dict[str, Any]) -> LintRequest:
    """The lint that options of the command line ask for; those that are not given are as without them."""
    values = {name.replace("_", "-"): given.get(name) for name in _SETTINGS}
    values |= {name.replace("_", "-"): list(given.get(name, ())) or None for name in _LISTS}
    values["output-format"] = "full" if values["output-format"] == "text" else values["output-format"]
    ignores: dict[str, list[str]] = {}
    for one in given.get("per_file_ignores", ()):
        pattern, colon, name = one.rpartition(":")
        if not colon or not pattern:
            raise click.UsageError(f"--per-file-ignores {one}: write PATTERN:NAME, as in `test/*:{one.strip(':')}`")
        ignores.setdefault(pattern, []).append(name)
    values["per-file-ignores"] = ignores or None
    return LintRequest(
        paths=paths,
        values=values,
        config="" if given.get("isolated") else given.get("config"),
        stdin=sys.stdin.buffer.read() if "-" in paths else None,
        stdin_filename=given.get("stdin_filename"),
        diff_base=given.get("diff_base"),
        baseline=given.get("baseline"),
        baseline_change="write" if given.get("write_baseline") else "shrink" if given.get("shrink_baseline") else None,
        comments=not given.get("disable_comments"),
        jobs=given.get("jobs", 1),
        force_exclude=bool(given.get("force_exclude")),
    )


def _add_ignores(request: LintRequest) -> None:
    from ..pipeline.lint import write_ignores

    path = ""
    for path, count in write_ignores(request):
        click.echo(f"{path}: {count} comment{'' if count == 1 else 's'} added")
    if not path:
        click.echo("nothing found that a comment could ignore")


def _watch(request: LintRequest, given: dict[str, Any]) -> None:
    """Lint and print, again and again until it is interrupted; a lint that finds what is shown already is not shown."""
    from time import strftime

    from ..pipeline.watch import changes

    shown: object = None
    try:
        for _ in changes(request):
            report, told = None, None
            try:
                report = run_lint(request)
                settings = lint_config(request, request.paths[0]).values
                found: object = settings, [(*one[:4], str(one.refusal), one.crashes) for one in report.files]
            except Exception as error:
                found = told = bad_input(error)
                if told is None or shown is None:  # what is wrong from the start is not about to be mended
                    raise
            if found == shown:
                continue
            shown = found
            click.clear()
            if report is not None:
                show(report, request, statistics=given["statistics"])
            echo_lines((told or "").splitlines(), err=True)
            click.echo(f"dcache: {strftime('%H:%M:%S')}, waiting for changes; Ctrl-C ends", err=True)
    except KeyboardInterrupt:
        click.echo(err=True)  # behind the ^C of the terminal
