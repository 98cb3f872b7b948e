"""Findings as a checkstyle report, which most CI servers read."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from ...rules.run import LintReport
from ..position import Lines
from ..style import Style
from .document import file_error


def render(report: LintReport, style: Style) -> Iterator[str]:
    """The lines of the report."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<checkstyle version="4.3">'
    for file in report.files:
        yield f"  <file name={attribute(file.path)}>"
        error, at = file_error(file)
        if error is not None:
            yield f'    <error line="{at or 1}" severity="error" message={attribute(error)} source="dcache"/>'
        if file.source is not None:
            lines = Lines(file.source)
            for one in file.diagnostics:
                place = lines.position(one.primary.start)
                yield (
                    f'    <error line="{place.line}" column="{place.column}" severity="{one.severity or "warning"}"'
                    f" message={attribute(one.sentence)} source={attribute('dcache.' + one.rule.replace('/', '.'))}/>"
                )
        yield "  </file>"
    yield "</checkstyle>"


def attribute(text: str) -> str:
    """A text as a quoted attribute of XML 1.0; what XML cannot hold becomes a question mark."""
    return quoteattr("".join(char if char.isprintable() or char in "\n\t" else "?" for char in text))
