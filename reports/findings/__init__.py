"""Findings in every form that `dcache lint` writes: a file for each form, with `render`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from ...rules.run import LintReport
from ..style import Style

FORMATS = {
    "full": "full",
    "concise": "concise",
    "json": "document",
    "json-lines": "json_lines",
    "lsp": "lsp",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "checkstyle": "checkstyle",
    "junit": "junit",
    "markdown": "markdown",
}
"""The module that writes each form, the form that people read first."""


def render(report: LintReport, form: str, style: Style) -> Iterable[str]:
    """The lines of a report in one of FORMATS; only `full` and `concise` look at the style."""
    lines: Iterable[str] = import_module(f".{FORMATS[form]}", __name__).render(report, style)
    return lines
