"""Applies the comments that ask for silence to findings, and knows afterwards which of them did something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Span
from .comments import Comment
from .rule import Diagnostic


class Ignores(NamedTuple):
    """The comments of a file after they were applied: what rules about comments look at.

    `used` are the names that silenced something, by the number of their comment ("" for one that names nothing).
    `ran` are the names all of whose rules ran, "" where all did; `known` are those of all rules. Rules that are off by
    default count only where they ran.
    """

    comments: tuple[Comment, ...]
    used: frozenset[tuple[int, str]]
    ran: frozenset[str]
    known: frozenset[str]


def silenced(
    diagnostics: Iterable[Diagnostic], comments: tuple[Comment, ...], aliases: Mapping[str, tuple[str, ...]]
) -> tuple[list[Diagnostic], frozenset[tuple[int, str]]]:
    """The findings that no comment asks to leave out, and which names of which comments left some out.

    `aliases` are those of the rules, by name.
    """
    kept: list[Diagnostic] = []
    used: set[tuple[int, str]] = set()
    for diagnostic in diagnostics:
        own = aliases.get(diagnostic.rule, ()) if diagnostic.aliases is None else diagnostic.aliases
        called = {name.lower() for name in (diagnostic.rule, diagnostic.rule.partition("/")[0], *own)}
        by = {
            (number, name)
            for number, comment in enumerate(comments)
            if _reaches(comment, diagnostic) and not (comment.tool == "buildkit" and not is_buildkit(own))
            for name in comment.names or ("",)
            if not name or name.lower() in called
        }
        used |= by
        if not by:
            kept.append(diagnostic)
    return kept, frozenset(used)


def _reaches(comment: Comment, diagnostic: Diagnostic) -> bool:
    """Whether a comment stands where a finding is; hadolint places some of its own at what is a related place here."""
    if _covers(comment.scope, diagnostic.primary):
        return True
    return comment.tool == "hadolint" and any(_covers(comment.scope, other.span) for other in diagnostic.related)


def _covers(scope: Span | None, primary: Span) -> bool:
    return scope is None or scope.start <= primary.start < max(scope.end, scope.start + 1)


def is_buildkit(aliases: tuple[str, ...]) -> bool:
    """Whether one of a rule's aliases is a check of BuildKit: their names are the only ones in camel case."""
    return any(alias.isalpha() and not alias.isupper() and not alias.islower() for alias in aliases)
