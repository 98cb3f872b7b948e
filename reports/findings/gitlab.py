"""Findings as GitLab's code quality report, which shows them in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from ...rules.baseline import fingerprint
from ...rules.run import LintReport
from ..position import Lines
from ..style import Style

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of the report."""
    found: list[dict[str, object]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for file in report.files:
        if file.source is None:
            continue
        lines = Lines(file.source)
        for one in file.diagnostics:
            mark = fingerprint(file.source, one)
            seen[file.path, mark] += 1
            begin, end = lines.line(one.primary.start), lines.last_line(one.primary)
            found.append(
                {
                    "description": one.sentence,
                    "check_name": one.rule,
                    "fingerprint": f"{mark}-{file.path}-{seen[file.path, mark]}",
                    "severity": _SEVERITIES[one.severity or "warning"],
                    "location": {"path": file.path, "lines": {"begin": begin, "end": max(begin, end)}},
                }
            )
    yield json.dumps(found, indent=2)
