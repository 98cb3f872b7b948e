"""`dcache explain`."""

from __future__ import annotations

import re

import click

from ..analyzer.files import InputError
from ..analyzer.predict import Prediction, PredictReport, name
from ..analyzer.typing import Any
from ..reports.documents import prediction_document, step_document
from ..reports.position import Lines
from ..reports.prediction import explanation_text
from . import completion
from .build_options import request
from .output import echo_json, echo_lines, format_option, style
from .predict import predicted, prediction_options

# A line of the Dockerfile, or a step as builds print it.
_STEP = re.compile(r"\d+|\[?(?:\S+ )?\d+/\d+\]?")


@click.command("explain")
@click.argument("step", required=False)
@click.argument("context", nargs=-1, shell_complete=completion.files)
@prediction_options
@click.option(
    "--log",
    multiple=True,
    **completion.FILE,
    help="What a build printed (--progress=rawjson or plain, as a CI keeps it): tell what each step did; repeatable.",
)
@click.option("--log-build", type=int, metavar="N", help="The Nth build in the log (default: the last).")
@click.option("--save-costs", is_flag=True, help="Keep how long the steps of the log took.")
@format_option("text", "json")
def command(
    step: str | None,
    context: tuple[str, ...],
    output_format: str,
    log: tuple[str, ...],
    log_build: int | None,
    save_costs: bool,
    **values: Any,
) -> None:
    """Explain one STEP in full: a line of the Dockerfile (9), or a step as builds print it ("builder 3/6").

    With --log, tell what each step of a real build did and how long it took; with --against too, why, and whether the
    prediction came true.
    """
    if log:
        _explain_log(step, context, output_format, values, log=log, build=log_build, save_costs=save_costs)
        return
    if step is None:
        raise click.UsageError('name a STEP, such as 9 or "builder 3/6", or a log with --log FILE')
    if log_build is not None or save_costs:
        raise click.UsageError("--log-build and --save-costs are about a log: name it with --log FILE")
    report = predicted(context, values)
    found = chosen(report, step)
    if output_format == "json":
        lines = Lines(report.source)
        echo_json({**prediction_document(report), "steps": [step_document(p, lines) for p in found]})
        return
    echo_lines(explanation_text(report, found, style()))


def _explain_log(
    step: str | None, context: tuple[str, ...], output_format: str, values: dict[str, Any], **asked: Any
) -> None:
    from ..pipeline.log import LogRequest, run_log
    from ..reports import log as reports

    if step is not None and _STEP.fullmatch(step) is None:
        context = (step, *context)
        step = None
    more = {key: values.pop(key) for key in ("against", "at", "change", "exact_modes")}
    warm = values.pop("local_source") == "warm"
    named = bool(context or any(values.values()) or any(more.values()))
    build = request(context, values, warm=warm, **more)
    report = run_log(LogRequest(asked["log"], build, named, asked["build"], asked["save_costs"]))
    rows = report.rows if step is None else reports.chosen(report, step)
    if step is not None and not rows:
        titles = ", ".join(title for row in report.rows if (title := reports.title(row)))
        raise InputError(f"no step of the log is called `{step}` or lies on that line; steps are {titles}")
    if output_format == "json":
        echo_json(reports.log_document(report, rows))
    else:
        echo_lines(reports.log_text(report, rows, style()))


def chosen(report: PredictReport, step: str) -> list[Prediction]:
    """The predictions of the steps that a line number or a step's name means; InputError where there are none."""
    if step.isdecimal():
        lines, number = Lines(report.source), int(step)
        spans = [(p, p.step.span) for p in report.predictions]
        found = [p for p, span in spans if lines.line(span.start) <= number <= lines.last_line(span)]
        if not found:
            at = ", ".join(str(lines.line(span.start)) for _, span in spans)
            raise InputError(f"line {step} holds no step of the build; steps begin on lines {at}")
        return found
    wanted = step.strip("[] ")
    found = [p for p in report.predictions if name(p.step).strip("[]") == wanted]
    if not found:
        raise InputError(f"no step is called `{step}`; steps are {', '.join(name(p.step) for p in report.predictions)}")
    return found
