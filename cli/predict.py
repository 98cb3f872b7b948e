"""`dcache predict`."""

from __future__ import annotations

import fnmatch
import sys

import click

from ..analyzer.predict import PredictReport
from ..analyzer.typing import Any
from ..pipeline.predict import run_predict
from ..reports.prediction import prediction_text
from . import completion
from .build_options import build_options, request
from .output import F, echo_json, echo_lines, format_option, style


def prediction_options(function: F) -> F:
    """Give a click command the options that say what the cache holds and what has changed."""
    for option in (
        click.option(
            "--local-source",
            type=click.Choice(["warm", "pruned"]),
            default="warm",
            show_default=True,
            help="Whether the daemon still holds its copy of the context, and so overlooks some changes.",
        ),
        click.option("--exact-modes", is_flag=True, help="Compare all permission bits, not only the owner's x."),
        click.option("--change", multiple=True, **completion.PATH, help="Suppose that PATH is edited; repeatable."),
        click.option("--at", metavar="REV", help="Predict for a git revision instead of the work tree."),
        click.option(
            "--against",
            multiple=True,
            metavar="SPEC",
            help="What the cache holds: a git revision, dir:PATH or state:FILE; repeatable (default: HEAD).",
        ),
    ):
        function = option(function)
    return build_options(function)


def predicted(arguments: tuple[str, ...], values: dict[str, Any]) -> PredictReport:
    """The report for the values of a command that has the prediction options."""
    more = {key: values.pop(key) for key in ("against", "at", "change", "exact_modes")}
    warm = values.pop("local_source") == "warm"
    return run_predict(request(arguments, values, warm=warm, **more))


@click.command("predict", context_settings={"ignore_unknown_options": False})
@click.argument("context", nargs=-1, shell_complete=completion.files)
@prediction_options
@format_option("text", "json")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where a step is predicted to miss.")
@click.option("--fail-on", multiple=True, metavar="GLOB", help='Exit with 1 where such a step misses: "RUN *install*".')
def command(
    context: tuple[str, ...], output_format: str, exit_code: bool, fail_on: tuple[str, ...], **values: Any
) -> None:
    """Predict which steps of the build of CONTEXT will miss the cache, and why.

    CONTEXT is a directory (default: the current one). After `--`, a whole build command may stand instead:
    dcache predict -- docker buildx build -f Dockerfile --target app .
    """
    report = predicted(context, values)
    if output_format == "json":
        from ..reports.documents import prediction_document

        echo_json(prediction_document(report))
    else:
        echo_lines(prediction_text(report, style()))
    missed = [prediction for prediction in report.predictions if prediction.verdict == "miss"]
    if fail_on:
        missed = [p for p in missed if any(fnmatch.fnmatchcase(p.step.text, pattern) for pattern in fail_on)]
    if missed and (exit_code or fail_on):
        sys.exit(1)
