"""`dcache pin`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence

import click

from ..analyzer.pins import KINDS, USUAL, Key
from ..analyzer.typing import Any
from ..fixers.pins import PinReport
from ..pins.http import Limits
from ..pins.services import Hosts
from ..pipeline.pin import PinRequest, run_pin, write_pins
from ..reports.fixes import diff_lines
from ..reports.pins import failure_lines, pin_document, pin_lines, summary
from .completion import DIR, FILE, files
from .lint import lint_request
from .lint_options import names
from .output import echo_json, echo_lines, format_option, style

_ENVIRONMENTS = {
    "system": (re.compile(r"(?:debian|ubuntu|alpine)/[a-z0-9.]+"), "--suite", "debian/bookworm"),
    "python": (re.compile(r"\d+(?:\.\d+)+"), "--python", "3.12"),
    "ruby": (re.compile(r"\d+(?:\.\d+)+"), "--ruby", "3.3"),
    "rust": (re.compile(r"\d+(?:\.\d+)+"), "--rust", "1.82"),
}

Command = Callable[..., None]


def _addresses(_: click.Context, option: click.Parameter, given: tuple[str, ...] | str | None) -> Any:
    """Addresses as they are; a mistake where one is none."""
    for one in (given,) if isinstance(given, str) else given or ():
        if not re.match(r"(?:sparse\+)?(?:https?|file)://[^\s/]*/?", one):
            raise click.BadParameter(f"`{one}` is no address; write https://…", param=option)
    return given


def _host_options(function: Command) -> Command:
    """The command with the options that say where to ask."""
    many: dict[str, Any] = {"multiple": True, "metavar": "URL", "callback": _addresses}
    one: dict[str, Any] = {"metavar": "URL", "callback": _addresses}
    own = "[what {} on this machine is told]"
    options = [
        click.option("--registry-mirror", "registry_mirrors", help="For images of docker.io. [docker's]", **many),
        click.option("--apt-mirror", "apt_mirrors", help="The part before /dists/. [this machine's sources]", **many),
        click.option("--apk-mirror", "apk_mirrors", help="The part before /v3.20. [this machine's]", **many),
        click.option("--pip-index", "pip_indexes", help=f"A simple index. {own.format('pip')}", **many),
        click.option("--npm-registry", help=f"A registry. {own.format('npm')}", **one),
        click.option("--gem-source", "gem_sources", help=f"A source. {own.format('gem')}", **many),
        click.option("--go-proxy", "go_proxies", help=f"A proxy. {own.format('go')}", **many),
        click.option("--cargo-index", help=f"A sparse index. {own.format('cargo')}", **one),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command("pin")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=files)
@click.option(
    "--select", multiple=True, metavar="KIND", callback=names, help=f"Only these: {', '.join(USUAL)}; or snapshot."
)
@click.option("--update", is_flag=True, help="Move pins that are there forward, too.")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where --update would change something.")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--offline", is_flag=True, help="Ask nobody: write what the lock file holds.")
@click.option("--date", metavar="YYYY-MM-DD", help="Pin as of that day, where a service can tell.")
@click.option("--lock", **FILE, help="The lock file. [the nearest dcache-pins.json]")
@click.option("--suite", "system", metavar="DIST/SUITE", help="Where a base image names none: debian/bookworm.")
@click.option("--python", metavar="VERSION", help="Where a base image names none: 3.12.")
@click.option("--ruby", metavar="VERSION", help="Where a base image names none: 3.3.")
@click.option("--rust", metavar="VERSION", help="Where a base image names none: 1.82.")
@click.option("--architecture", "architectures", multiple=True, metavar="ARCH", help="Of apt and apk. [amd64]")
@_host_options
@click.option("--timeout", type=click.FloatRange(1), default=20, show_default=True, help="Seconds without an answer.")
@click.option("--context", **DIR, help="The context of all files. [the directory of each]")
@click.option("--exclude", multiple=True, metavar="PATTERN", callback=names, help="Skip these, unless named.")
@click.option("--config", **FILE, help="Use this settings file for all files.")
@click.option("--isolated", is_flag=True, help="Use no settings file.")
@format_option("text", "json")
def command(paths: tuple[str, ...], update: bool, check: bool, diff: bool, output_format: str, **given: Any) -> None:
    """Look up what Dockerfiles name, and write what was found: digests, versions, commits, checksums.

    PATH is a Dockerfile or a directory to look for them in (default: the current one). What was found is kept in
    dcache-pins.json as well, to be committed: `dcache pin --offline` and `dcache fix --unsafe` write pins from it.
    No other command uses a network; this one asks the services that docker, apt, pip, npm and so on here use.
    Exits with 0; with --check or --diff, 1 where something would change; 2 where something cannot be pinned.
    """
    if "-" in paths:
        raise click.UsageError("standard input has no place for pins; name the file")
    if given["offline"] and (update or check or given["date"]):
        raise click.UsageError("--offline asks nobody, so --update, --check and --date have no answer")
    request = _request(paths, update or check, given)
    report = run_pin(request, _progress)
    done = not (check or diff)
    if done:
        write_pins(report)
    if output_format == "json":
        echo_json(pin_document(report))
    elif diff:
        echo_lines(_diff(report))
    else:
        echo_lines(pin_lines(report, style(), done=done))
    if output_format != "json":
        echo_lines(failure_lines(report, style()), err=True)
        echo_lines([summary(report, done=done), *(f"{path} written" for path in report.locks if done)], err=diff)
    if report.failed or (report.differs and not done):
        sys.exit(2 if report.failed else 1)


def _request(paths: tuple[str, ...], update: bool, given: dict[str, Any]) -> PinRequest:
    unknown = sorted(set(given["select"]) - set(KINDS))
    if unknown:
        raise click.UsageError(f"--select {unknown[0]}: there is no such kind; there are {', '.join(KINDS)}")
    date = given["date"]
    if date is not None:
        import datetime

        try:
            date = datetime.date.fromisoformat(date).isoformat()
        except ValueError:
            raise click.UsageError(f"--date {date}: no day; write it as 2026-01-31") from None
        if date > datetime.datetime.now(datetime.UTC).date().isoformat():
            raise click.UsageError(f"--date {date}: that day is still to come")
    environments: dict[str, str] = {}
    for name, (form, option, example) in _ENVIRONMENTS.items():
        value = given[name]
        if value is not None and not form.fullmatch(value):
            raise click.UsageError(f"{option} {value}: not of that form; write {option} {example}")
        if value is not None:
            environments[name] = value
    hosts = Hosts(
        registry_mirrors=given["registry_mirrors"],
        apt_mirrors=given["apt_mirrors"],
        apk_mirrors=given["apk_mirrors"],
        pip_indexes=given["pip_indexes"],
        npm_registry=given["npm_registry"],
        gem_sources=given["gem_sources"],
        go_proxies=given["go_proxies"],
        cargo_index=given["cargo_index"],
        architectures=given["architectures"],
        date=date,
    )
    return PinRequest(
        lint_request(paths or (".",), {**given, "select": ()}),
        hosts,
        Limits(silence=given["timeout"]),
        frozenset(given["select"] or USUAL),
        update,
        given["offline"],
        given["lock"],
        environments,
    )


def _progress(keys: Sequence[Key]) -> Iterable[Key]:
    """The names one by one, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from keys
        return
    shown = click.progressbar(
        keys, label="looking up", file=sys.stderr, item_show_func=lambda key: "" if key is None else str(key)[:60]
    )
    with shown as bar:
        yield from bar


def _diff(report: PinReport) -> Iterable[str]:
    before = {file.path: file.source.text for file in report.files if file.source is not None}
    return diff_lines(before, {file.path: file.text for file in report.files if file.source is not None}, style())
