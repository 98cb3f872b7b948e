"""Takes `--platform=$TARGETPLATFORM` out. Safe: it is what a stage without it is built for.

Where the file itself declares `TARGETPLATFORM` before the first FROM it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """FROM without the flag, and without the blanks behind it."""
    declared = {pair.key for one in see.dockerfile.preamble if isinstance(one.body, Arg) for pair in one.body.pairs}
    end = found.primary.end
    while end < len(see.source) and see.source[end] in " \t":
        end += 1
    if end > found.primary.end and "TARGETPLATFORM" not in declared and see.source[end] not in "\r\n\\`":
        yield Fix("leave `--platform` out", True, {see.path: (Edit(Span(found.primary.start, end), ""),)})
