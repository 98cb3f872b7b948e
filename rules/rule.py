"""What a rule is made of, and what it reports. A rule's name is its path: `order/copy-before-install`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ..analyzer.source import Span

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]

CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")


class Rule(NamedTuple):
    """What is the same for all findings of a rule; `aliases` name the same check in other linters."""

    summary: str
    severity: Severity
    aliases: tuple[str, ...] = ()


class Related(NamedTuple):
    """Another place in the same file that a finding is about."""

    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One finding. `message` says the fault with the found value in backticks, `cost` the consequence in numbers,
    `cure` what to do; each is a clause without a full stop.

    `severity` None is the rule's own; `rule` is filled in by the run. `evidence` is a record for the fixer.
    """

    primary: Span
    message: str
    cost: str = ""
    cure: str = ""
    related: tuple[Related, ...] = ()
    confidence: Confidence = "high"
    severity: Severity | None = None
    evidence: tuple[object, ...] | None = None
    rule: str = ""

    @property
    def sentence(self) -> str:
        """Fault, consequence and cure in one line."""
        told = f"{self.message}: {self.cost}" if self.cost else self.message
        return f"{told}; {self.cure}" if self.cure else told


class Example(NamedTuple):
    """A Dockerfile, «» around the text that is to be reported, and a build context as text by path.

    Without a `context`, none is known to the rule. Paths that end in a slash are empty directories.
    """

    dockerfile: str
    context: Mapping[str, str] | None = None

    @property
    def text(self) -> str:
        """The Dockerfile without its marks."""
        return self.dockerfile.replace("«", "").replace("»", "")

    @property
    def span(self) -> Span | None:
        """What is marked, None where nothing is."""
        start = self.dockerfile.find("«")
        return None if start < 0 else Span(start, self.dockerfile.index("»") - 1)
