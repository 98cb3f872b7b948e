"""Predictions for people: a list that reads like a build log, and one step's chain in full."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ..analyzer.predict import Cause, Prediction, PredictReport, chain, name, root
from .position import Lines
from .style import Style

_MARKS = {"hit": ("cached", "32"), "miss": ("MISS", "1;31"), "depends": ("depends", "33"), "unused": ("unused", "2")}


def prediction_text(report: PredictReport, style: Style) -> Iterator[str]:
    """The lines of a report: one for each step, its causes below it, notes, and a summary at the end."""
    lines = Lines(report.source)
    many = len(report.platforms) > 1
    for platform in report.platforms:
        if many:
            yield style.paint(str(platform.build.graph.plan.platform), "1")
        shown = [prediction for prediction in platform.predictions if prediction.step.number]
        width = max((len(name(prediction.step)) for prediction in shown), default=0)
        for _, steps in groupby(shown, lambda prediction: prediction.step.stage):
            yield from _stage(list(steps), lines, style, width)
    for note in report.notes:
        place = "" if note.offset is None else f" (line {lines.line(note.offset)})"
        yield from (style.paint(line, "2") for line in style.wrapped(f"note: {note.text}{place}", 0))
    yield from style.wrapped(summary(report, lines), 0)


def _stage(predictions: list[Prediction], lines: Lines, style: Style, width: int) -> Iterator[str]:
    """The steps of a stage; one line for all of them where the target does not need it."""
    if any(prediction.verdict != "unused" for prediction in predictions):
        for prediction in predictions:
            yield from _step(prediction, lines, style, width)
        return
    first = predictions[0].step
    steps = f"{first.total} step{'' if first.total == 1 else 's'}"
    named, line = f"[{first.label}]", f"{lines.line(first.span.start):>4}"
    yield style.paint(f"{named:<{width}} {'unused':<7} {line}  {steps} that the target does not need", "2")


def _step(prediction: Prediction, lines: Lines, style: Style, width: int) -> Iterator[str]:
    mark, colour = _MARKS[prediction.verdict]
    step = prediction.step
    named, line = f"{name(step):<{width}}", f"{lines.line(step.span.start):>4}"
    text = style.fitted(step.text, len(f"{named} {mark:<7} {line}  "))
    yield f"{named} {style.paint(f'{mark:<7}', colour)} {line}  {text}"
    for cause in prediction.causes:
        for told in style.wrapped(cause_text(cause, lines), width + 1):
            yield style.paint(told, colour.removeprefix("1;"))
    for trap in prediction.traps:
        yield from (style.paint(told, "33") for told in style.wrapped(f"wrong hit: {trap}", width + 1))


def cause_text(cause: Cause, lines: Lines) -> str:
    """A cause in one line: a missed step with the root of its miss, and the line to look at."""
    if cause.because is not None:
        last = root(cause)
        where = f" (line {lines.line(last.span.start)})" if last.span is not None else ""
        return f"{cause.text}: {last.text}{where}"
    if cause.span is not None and cause.kind in ("arg-value", "env-value", "arg-order", "env-order"):
        return f"{cause.text} (line {lines.line(cause.span.start)})"
    return cause.text


def summary(report: PredictReport, lines: Lines) -> str:
    """One sentence: how many steps will run, and where that begins and why."""
    counted = [p for p in report.predictions if p.verdict != "unused"]
    missing = [p for p in counted if p.verdict == "miss"]
    depending = [p for p in counted if p.verdict == "depends"]
    total = f"{len(counted)} step{'' if len(counted) == 1 else 's'}"
    if not missing and not depending:
        return f"all {total} are cached" if len(counted) > 1 else "the only step is cached"
    first = min(missing or depending, key=lambda p: p.step.id)
    why = f", because {root(first.causes[0]).text}" if first.causes else ""
    line = f"the first is line {lines.line(first.step.span.start)}{why}"
    perhaps = f", and {len(depending)} may" if depending and missing else ""
    if missing:
        return f"{len(missing)} of {total} will run{perhaps}; {line}"
    return f"none of {total} must run, {len(depending)} may; {line}"


def explanation_text(report: PredictReport, chosen: list[Prediction], style: Style) -> Iterator[str]:
    """The whole chain of causes of the chosen steps."""
    lines = Lines(report.source)
    steps = {p.step.id: p.step for p in report.predictions}
    for prediction in chosen:
        step = prediction.step
        mark, colour = _MARKS[prediction.verdict]
        where = f"line {lines.line(step.span.start)}"
        yield f"{name(step)} {style.paint(mark, colour)}  {where}: {style.fitted(step.text, 30)}"
        if prediction.verdict == "depends":
            yield f"  {prediction.best} if re-run steps write the same bytes again, {prediction.worst} if not"
        if prediction.verdict == "hit":
            yield "  its key is the same as in a build that the cache holds"
        if prediction.verdict == "unused":
            yield "  the target does not need this stage"
        for cause in prediction.causes:
            for depth, link in enumerate(chain(cause)):
                where = f"line {lines.line(link.span.start)}" if link.span is not None else ""
                owner = steps.get(link.step)
                at = f"{name(owner)}: " if owner is not None and link.step != step.id else ""
                text = f"{'  ' * (depth + 1)}{'because ' if depth else ''}{at}{link.text}"
                yield text + (f" ({where})" if where else "")
        for trap in prediction.traps:
            yield f"  wrong hit: {trap}"
