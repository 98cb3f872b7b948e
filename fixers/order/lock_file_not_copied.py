"""Copies the lock file with its manifest.

Unsafe: the install takes the versions of the lock file then, and no longer the newest ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy
from ...analyzer.source import Edit, Span
from ...rules.facts import Facts
from ...rules.order.lock_file_not_copied import Evidence
from ...rules.rule import Diagnostic, Fix
from ..manifests import is_plain


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The lock file behind the manifest, in the same COPY."""
    evidence = found.evidence
    assert isinstance(evidence, Evidence) and see.graph is not None
    body = see.graph.steps[evidence.copy].instruction.body
    if not evidence.lock or not is_plain(evidence.lock) or not isinstance(body, Copy) or body.parents:
        return
    if not body.dest.text.endswith("/") and body.dest.text != ".":
        return
    ask = see.context.git_ignored if see.context is not None else None
    if ask is not None and ask((evidence.lock,)):
        return  # it is not there in every checkout
    end = evidence.source.end
    added = f', "{evidence.lock}"' if body.json else f" {evidence.lock}"
    assumes = f"`{evidence.install}` is meant to take the versions of `{evidence.lock}`"
    yield Fix(f"copy `{evidence.lock}` too", False, {see.path: (Edit(Span(end, end), added),)}, assumes=assumes)
