"""Lists the file in the ignore file that applies, or in a new one.

Nothing is changed where an instruction, or another Dockerfile of the same context, names the file.

Unsafe: a program in the image that reads the file finds it no more. Give it the secret when it is run, or
`RUN --mount=type=secret` to the step that needs it; and change the secret, which former images have.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.context.secret_file_copied import Evidence
from ...rules.facts import Facts
from ...rules.rule import Diagnostic, Fix
from ..ignored import ignore_path, kept_out, mentions


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The ignore file with one more line."""
    assert isinstance(found.evidence, Evidence) and see.context is not None
    path = found.evidence.path
    edits = None if mentions(see, path) else kept_out(see, (path,), (path,))
    if edits is not None:
        title = f"list `{path}` in {ignore_path(see.context)}"
        yield Fix(title, False, edits, assumes=f"no step and nothing in the image reads `{path}`")
