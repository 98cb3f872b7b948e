"""Findings that the cure of another one mends as well are told with it, as one."""

from __future__ import annotations

from collections.abc import Mapping

from .rule import SEVERITIES, Diagnostic, Related
from .run import FileReport

MENDED: Mapping[str, tuple[str, ...]] = {
    "context/no-dockerignore": (
        "context/git-dir-copied",
        "context/generated-files-copied",
        "context/untracked-files-copied",
        "context/dockerfile-copied",
    )
}
"""The rules whose findings of the same source another rule's cure mends too, the most important first.

Their evidence has the `paths` that they are about.
"""

_MOST = 4


def joined(report: FileReport) -> FileReport:
    """The report with one finding in the place of those that one cure mends.

    What is graver than the finding it would be told with, or about another source, is left as it is.
    """
    found = report.diagnostics
    for first in [one for one in found if one.rule in MENDED]:
        parts = sorted(
            (one for one in found if one.rule in MENDED[first.rule] and _is_told_by(one, first)),
            key=lambda one: MENDED[first.rule].index(one.rule),
        )
        if parts:
            found = tuple(_with(one, parts) if one == first else one for one in found if one not in parts)
    return report._replace(diagnostics=found)


def _is_told_by(one: Diagnostic, first: Diagnostic) -> bool:
    places = {first.primary, *(related.span for related in first.related)}
    return one.primary in places and _gravity(one) <= _gravity(first)


def _gravity(one: Diagnostic) -> int:
    return SEVERITIES.index(one.severity or "info")


def _with(first: Diagnostic, parts: list[Diagnostic]) -> Diagnostic:
    """A finding that says what others say: their paths, the cost of the gravest, and where else they are found."""
    paths = [path for one in parts for path in getattr(one.evidence, "paths", ())]
    listed = _list(paths)
    them = "them" if len(paths) > 1 else "it"
    known = {first.primary, *(related.span for related in first.related)}
    more: dict[object, Related] = {related.span: related for one in parts for related in one.related}
    return first._replace(
        message=f"{first.message}, so it takes {listed} in",
        cost=parts[0].cost if _gravity(parts[0]) == _gravity(first) else first.cost,
        cure=f"add a `.dockerignore` that lists {them}, and what else the image can do without",
        related=(*first.related, *(related for span, related in more.items() if span not in known)),
        aliases=tuple(one.rule for one in parts),
        fix=next((one.fix for one in (first, *parts) if one.fix is not None), None),
    )


def _list(paths: list[str]) -> str:
    """Paths as a clause: all of them, or the first few and how many more."""
    shown = [f"`{path}`" for path in paths[:_MOST]]
    if len(paths) > _MOST:
        return f"{', '.join(shown)} and {len(paths) - _MOST} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)
