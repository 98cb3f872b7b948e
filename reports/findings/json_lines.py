"""Findings as JSON lines: a document a finding, each as `findings` of schemas/findings.json has it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...rules.run import LintReport
from ..style import Style
from .document import finding_documents


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines."""
    for document in finding_documents(report):
        yield json.dumps(document)
