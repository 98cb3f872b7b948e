"""Logs for people and as documents: what each step of a real build did, why, and where a prediction was wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.agreement import LogReport, Told
from ..analyzer.logs import EXECUTED, HELD
from .documents import Json, step_document
from .position import Lines
from .prediction import cause_text
from .style import Style

_MARKS = {
    "ran": ("ran", "1;31"),
    "cached": ("cached", "32"),
    "inferred": ("cached", "32"),
    "resolved": ("base", "2"),
    "unneeded": ("unneeded", "2"),
    "failed": ("FAILED", "1;31"),
    "cancelled": ("stopped", "33"),
    "unknown": ("unknown", "33"),
    "absent": ("absent", "2"),
}
_SAID = {"hit": "cached", "miss": "a miss", "depends": "depends", "unused": "unused"}


def line_of(row: Told, lines: Lines | None) -> int | None:
    """The line of the Dockerfile that a row is about: of the file where it is there, else as the log says."""
    if row.step is not None and lines is not None:
        return lines.line(row.step.span.start)
    return row.logged.line if row.logged is not None else None


def title(row: Told) -> str:
    """What the row's step is called; "" where the log gives it no number."""
    if row.step is not None:
        label = f"{row.step.label} " if row.step.label else ""
        return f"[{label}{row.step.number}/{row.step.total}]"
    return row.logged.name.title if row.logged is not None and row.logged.name.number else ""


def chosen(report: LogReport, step: str) -> tuple[Told, ...]:
    """The rows that a line number or a step's name means, none where nothing is called that."""
    lines = Lines(report.source) if report.source is not None else None
    if not step.isdecimal():
        return tuple(row for row in report.rows if title(row).strip("[]") == step.strip("[] "))
    number = int(step)
    return tuple(
        row
        for row in report.rows
        if line_of(row, lines) == number
        or (row.step and lines and lines.line(row.step.span.start) <= number <= lines.last_line(row.step.span))
    )


def log_text(report: LogReport, rows: tuple[Told, ...], style: Style) -> Iterator[str]:
    """The lines of a report: one for each of the rows, why it ran below it, notes, and a summary at the end."""
    lines = Lines(report.source) if report.source is not None else None
    width = max((len(title(row)) for row in rows), default=0)
    many = len({row.logged.name.platform for row in rows if row.logged is not None}) > 1
    platform = ""
    for row in rows:
        own = str(row.step.scope.platform) if row.step else row.logged.name.platform if row.logged else ""
        if many and own != platform:
            platform = own
            yield style.paint(platform, "1")
        yield from _row(row, lines, style, width)
    for note in report.notes:
        yield from (style.paint(line, "2") for line in style.wrapped(f"note: {note}", 0))
    yield from style.wrapped(summary(report), 0)


def _row(row: Told, lines: Lines | None, style: Style, width: int) -> Iterator[str]:
    mark, colour = _MARKS[row.logged.verdict if row.logged is not None else "absent"]
    seconds = row.logged.seconds if row.logged is not None else None
    line = line_of(row, lines)
    head = f"{title(row):<{width}} "
    taken = "" if seconds is None else f"{seconds:.1f} s"
    tail = f" {taken:>8}  {line or '':>4}  "
    text = row.step.text if row.step is not None else row.logged.name.text if row.logged is not None else ""
    yield f"{head}{style.paint(f'{mark:<8}', colour)}{tail}{style.fitted(text, len(head) + 8 + len(tail))}"
    for told, paint in _below(row, lines):
        yield from (style.paint(part, paint) for part in style.wrapped(told, width + 1))


def _below(row: Told, lines: Lines | None) -> Iterator[tuple[str, str]]:
    """What to say below a row, with the colour of each."""
    logged, prediction = row.logged, row.prediction
    if logged is not None and logged.error:
        yield logged.error, "31"
    if logged is not None and logged.verdict in HELD and logged.merge == "ran":
        yield "its layer is cached; only laying it on the new base ran", "2"
    if prediction is None or lines is None or logged is None:
        return
    causes = [cause_text(cause, lines) for cause in prediction.causes]
    why = f" ({'; '.join(causes)})" if causes else ""
    said = f"predicted: {_SAID[prediction.verdict]}{why}"
    if row.agrees is False:
        yield said, "33"
        yield f"likely because {row.because}", "33"
        return
    if logged.verdict == "unknown":
        yield f"the log does not tell whether it ran; {said}", "2"
    if logged.verdict in EXECUTED:
        yield from ((cause, "31") for cause in causes)
    if row.because and row.agrees:
        yield f"it was open: {row.because}", "2"


def summary(report: LogReport) -> str:
    """One or two sentences: how many steps ran and for how long, and for how many of them the prediction came true."""
    if report.log.form in ("provenance", "history"):
        return "such a document does not tell what became of the steps"
    counted = [row.logged for row in report.rows if row.logged is not None and row.logged.verdict != "resolved"]
    ran = [one for one in counted if one.verdict == "ran"]
    held = sum(one.verdict in HELD for one in counted)
    total = f"{len(counted)} step{'' if len(counted) == 1 else 's'}"
    told = f"{len(ran)} of {total} ran, in {sum(one.seconds or 0 for one in ran):.1f} s together; {held} cached"
    for verdict in ("failed", "cancelled", "unneeded", "unknown"):
        count = sum(one.verdict == verdict for one in counted)
        told += f", {count} {_MARKS[verdict][0].lower()}" if count else ""
    if report.of > 1:
        told = f"build {report.number} of {report.of} in the log: {told}"
    judged = [row for row in report.rows if row.agrees is not None]
    if not judged:
        return told
    wrong = sum(row.agrees is False for row in judged)
    against = f"the prediction against {', '.join(report.against)}"
    if not wrong:
        return f"{told}; {against} came true for all {len(judged)} that can be judged"
    return f"{told}; {against} came true for {len(judged) - wrong} of {len(judged)}, {wrong} did otherwise"


def log_document(report: LogReport, rows: tuple[Told, ...]) -> Json:
    """The document of `dcache explain --log FILE --format json` (schemas/log.json)."""
    lines = Lines(report.source) if report.source is not None else None
    return {
        "version": 1,
        "files": list(report.paths),
        "form": report.log.form,
        "build": {"number": report.number, "of": report.of, "line": report.log.line, "error": report.log.error or None},
        "dockerfile": report.source.path if report.source is not None else None,
        "against": list(report.against),
        "images": dict(report.log.images),
        "imports": list(report.log.imports),
        "steps": [_row_document(row, lines) for row in rows],
        "summary": summary(report),
        "notes": list(report.notes),
    }


def _row_document(row: Told, lines: Lines | None) -> Json:
    logged, step = row.logged, row.step
    number, total, label, text = 0, 0, "", ""
    if step is not None:
        number, total, label, text = step.number, step.total, step.label, step.text
    elif logged is not None:
        number, total, label, text = logged.name.number, logged.name.total, logged.name.label, logged.name.text
    prediction = step_document(row.prediction, lines) if row.prediction is not None and lines is not None else None
    return {
        "target": logged.name.target if logged is not None else "",
        "platform": str(step.scope.platform)
        if step is not None
        else logged.name.platform
        if logged is not None
        else "",
        "stage": label,
        "step": number,
        "of": total,
        "line": line_of(row, lines),
        "instruction": text,
        "verdict": logged.verdict if logged is not None else "absent",
        "seconds": logged.seconds if logged is not None else None,
        "merge": logged.merge if logged is not None else None,
        "error": (logged.error or None) if logged is not None else None,
        "prediction": prediction,
        "agrees": row.agrees,
        "because": row.because or None,
    }
