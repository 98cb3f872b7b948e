"""Reports as JSON documents; schemas/ holds the form of each."""

from __future__ import annotations

from collections.abc import Iterable

from ..analyzer.dockerfile.syntax import Dockerfile, Instruction
from ..analyzer.predict import Prediction, PredictReport, chain
from .position import Lines
from .prediction import summary

Json = dict[str, object]


def prediction_document(report: PredictReport) -> Json:
    """The document of `dcache predict --format json` (schemas/prediction.json)."""
    lines = Lines(report.source)
    graph = report.platforms[0].build.graph
    verdicts = [prediction.verdict for prediction in report.predictions]
    steps: list[Json] = []
    for platform in report.platforms:
        shown = [prediction for prediction in platform.predictions if prediction.step.number]
        steps += [step_document(p, lines) for p in shown]
    return {
        "version": 1,
        "dockerfile": report.source.path,
        "context": report.options.context,
        "target": graph.stages[graph.target].name,
        "build": report.label,
        "against": list(report.against),
        "steps": steps,
        "summary": {
            **{verdict: verdicts.count(verdict) for verdict in ("hit", "miss", "depends", "unused")},
            "text": summary(report, lines),
        },
        "notes": [
            {"text": note.text, "line": None if note.offset is None else lines.line(note.offset)}
            for note in report.notes
        ],
    }


def step_document(prediction: Prediction, lines: Lines) -> Json:
    """One step; its causes are chains laid flat, each link (depth 0) followed by what it rests on (1, 2 …)."""
    step = prediction.step
    links = [(depth, link) for cause in prediction.causes for depth, link in enumerate(chain(cause))]
    return {
        "stage": step.label,
        "stage_index": step.stage,
        "step": step.number,
        "of": step.total,
        "line": lines.line(step.span.start),
        "end_line": lines.last_line(step.span),
        "instruction": step.text,
        "verdict": prediction.verdict,
        "best": prediction.best,
        "worst": prediction.worst,
        "causes": [
            {
                "kind": link.kind,
                "text": link.text,
                "path": link.path,
                "line": None if link.span is None else lines.line(link.span.start),
                "depth": depth,
            }
            for depth, link in links
        ],
        "traps": list(prediction.traps),
        "platform": str(step.scope.platform),
    }


def parse_document(dockerfiles: Iterable[Dockerfile]) -> Json:
    """The document of `dcache parse --format json` (schemas/parse.json)."""
    return {"version": 1, "files": [_file_document(dockerfile) for dockerfile in dockerfiles]}


def _file_document(dockerfile: Dockerfile) -> Json:
    lines = Lines(dockerfile.source)
    instructions = list(dockerfile.preamble)
    for stage in dockerfile.stages:
        instructions += stage.instructions
    return {
        "file": dockerfile.source.path,
        "directives": {directive.name: directive.value for directive in dockerfile.directives},
        "stages": [{"index": stage.index, "name": stage.name} for stage in dockerfile.stages],
        "instructions": [instruction_document(instruction, lines) for instruction in instructions],
        "problems": [
            {"line": lines.line(p.span.start), "column": lines.position(p.span.start).column, "message": p.message}
            for p in dockerfile.problems
        ],
    }


def instruction_document(instruction: Instruction, lines: Lines) -> Json:
    """One instruction as read: keyword, lines, flags as written and the contents of its heredocs."""
    return {
        "keyword": instruction.keyword,
        "line": lines.line(instruction.span.start),
        "end_line": lines.last_line(instruction.span),
        "flags": [flag.text for flag in instruction.flags],
        "heredocs": [heredoc.content for heredoc in instruction.heredocs],
        "text": instruction.text,
        "stage": instruction.stage,
    }
