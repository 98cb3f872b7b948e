"""Lints and shows what is found: all of `dcache lint` but its options.

Without options there is nothing to parse: such a lint, which people and hooks ask for most, leaves click alone, whose
import would be a quarter of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import partial

from ..analyzer.typing import NoReturn
from ..pipeline.lint import LintRequest, lint_config, run_lint
from ..reports.findings import render
from ..rules.run import LintReport
from .ending import ended
from .errors import complain
from .output import output_to, style


def main(paths: Sequence[str]) -> NoReturn:
    """Lint as without options; exits as cli.main.main does."""
    sys.exit(ended(partial(lint, LintRequest(tuple(paths) or (".",)))))


def lint(request: LintRequest, *, output_file: str | None = None, statistics: bool = False) -> int:
    """Lint, show what is found, and the exit status."""
    report = run_lint(request)
    show(report, request, output_file=output_file, statistics=statistics)
    return report.status


def show(report: LintReport, request: LintRequest, *, output_file: str | None = None, statistics: bool = False) -> None:
    """Write a report as its request asks, and on standard error what went wrong."""
    told: set[str] = set()
    for file in report.files:
        complain(file, told)
    form = lint_config(request, request.paths[0]).values["output-format"]
    with output_to(output_file) as write:
        lines = _statistics(report) if statistics else render(report, form, style(output_file))
        write(lines, form not in ("full", "concise") and not statistics)


def _statistics(report: LintReport) -> Iterable[str]:
    from collections import Counter

    counts = Counter(one.rule for file in report.files for one in file.diagnostics)
    files = Counter(name for file in report.files for name in {one.rule for one in file.diagnostics})
    for name, count in counts.most_common():
        yield f"{count:>6}  {name}  in {files[name]} file{'' if files[name] == 1 else 's'}"
    yield f"{counts.total():>6}  in {len(report.files)} file{'' if len(report.files) == 1 else 's'}"
