"""A list of packages over several lines is in no order.

## What it finds

`apt-get install`, `apk add` and the like with five or more names, one to a line, that are not sorted.

## Why it costs

The text of a RUN is its key: two people who add the same package in different places get different keys, and stages
that install the same packages in different orders share nothing. Doubles go unseen, too.

## When to allow it

Off by default: it is a matter of order. Lists on one line are left alone, and so are names in groups, with comments or
blank lines between them.

## References

- https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments
- corpus cases r01 and f06
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Opaque, named, package_install
from ...analyzer.source import Span
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a list of packages is not sorted", "info", aliases=("tally/sort-packages",), on=(Run,), default=False)


class Evidence(NamedTuple):
    """Where the names stand that can be sorted."""

    names: tuple[Span, ...]


BAD = (Example("FROM alpine\nRUN «apk add \\\n  curl \\\n  bash \\\n  git \\\n  jq \\\n  zip»\n"),)
GOOD = (
    Example("FROM alpine\nRUN apk add \\\n  bash \\\n  curl \\\n  git \\\n  jq \\\n  zip\n"),
    Example("FROM alpine\nRUN apk add curl bash git jq zip\n"),
    Example("FROM alpine\nRUN apk add \\\n  curl \\\n  # shells\n  bash \\\n  git \\\n  jq \\\n  zip\n"),
    Example("FROM alpine\nRUN apk add \\\n  curl \\\n  bash\n"),
)

_FEWEST = 5
_VALUED = frozenset({"-t", "--virtual", "-o", "--option", "--target-release", "-X", "--repository"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return
    for command in read:
        install = package_install(command)
        if install is None:
            continue
        words = [word for word in named(command, _VALUED)[1:] if "$" not in word.text]
        text = see.source[command.span.start : command.span.end]
        rows = [row.strip() for row in text.splitlines()]
        if len(words) < _FEWEST or len(rows) <= len(words) - 1 or any(not row or row.startswith("#") for row in rows):
            continue
        wrong = next((one.text for one, other in pairwise(words) if one.text.lower() > other.text.lower()), None)
        if wrong is not None:
            yield Diagnostic(
                primary=command.span,
                message=f"the names behind `{install.name}` are not sorted: `{wrong}` stands too early",
                cost="the same packages in another order are another key, and doubles go unseen",
                cure="sort them",
                evidence=Evidence(tuple(word.span for word in words)),
            )
