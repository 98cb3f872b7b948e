"""`dcache explain`."""

from __future__ import annotations

from typing import Any

import click

from ..analyzer.predict import Prediction, PredictReport, name
from ..analyzer.workspace import InputError
from ..reports.documents import prediction_document, step_document
from ..reports.position import Lines
from ..reports.prediction import explanation_text
from .output import echo_json, echo_lines, format_option, style
from .predict import predicted, prediction_options


@click.command("explain")
@click.argument("step")
@click.argument("context", nargs=-1)
@prediction_options
@format_option("text", "json")
def command(step: str, context: tuple[str, ...], output_format: str, **values: Any) -> None:
    """Explain one STEP in full: a line of the Dockerfile (9), or a step as builds print it ("builder 3/6")."""
    report = predicted(context, values)
    found = chosen(report, step)
    if output_format == "json":
        lines = Lines(report.source)
        echo_json({**prediction_document(report), "steps": [step_document(p, lines) for p in found]})
        return
    echo_lines(explanation_text(report, found, style()))


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
