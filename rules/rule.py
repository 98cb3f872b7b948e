"""What a rule is made of, and what it reports. A rule's name is its path: `order/copy-before-install`."""

from __future__ import annotations

from collections.abc import Mapping

from ..analyzer.dockerfile.syntax import Body
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Edit, Span
from ..analyzer.typing import Literal

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]

CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")


DIRECTORY = "."
"""What stands for the working directory where the names of variables stand."""


class Rule(NamedTuple):
    """What is the same for all findings of a rule; `aliases` name the same check in other linters.

    `on` are the kinds of instruction that a rule about instructions is called with, none: all. A rule that is not on by
    `default` runs where it is selected by its name or an alias, or with ALL. A rule is not even loaded for a file that
    cannot have the fault: where none of the `words`, which are in lower case, stands in any case of letters, where
    there are fewer `stages`, or, if it is `optional`, where none of its options is set.
    """

    summary: str
    severity: Severity
    aliases: tuple[str, ...] = ()
    on: tuple[type[Body], ...] = ()
    default: bool = True
    words: tuple[str, ...] = ()
    stages: int = 0
    optional: bool = False


class Related(NamedTuple):
    """Another place in the same file that a finding is about."""

    span: Span
    message: str


class Fix(NamedTuple):
    """A cure as edits, by path: those of the Dockerfile have the path that the finding has.

    `title` is what is done, "move `ARG REV` below line 12". `safe` means: every build that succeeds still does, with
    the same image; where it is not, `assumes` is the clause that must be true for that. `gain` says what it saves.
    `alters` are the names of variables that instructions outside the edits see otherwise than before; DIRECTORY among
    them stands for the working directory. `waits_for` is the place of an instruction in which others may cure the same
    fault: in a round in which one does, this one is not applied.
    """

    title: str
    safe: bool
    edits: Mapping[str, tuple[Edit, ...]]
    gain: str = ""
    assumes: str = ""
    alters: frozenset[str] = frozenset()
    waits_for: Span | None = None


class Diagnostic(NamedTuple):
    """One finding. `message` says the fault with the found value in backticks, `cost` the consequence in numbers,
    `cure` what to do; each is a clause without a full stop.

    `severity` and `aliases` None are the rule's own; `rule` is filled in by the run, `fix` by what cures the rule.
    `evidence` is a record for the fixer.
    """

    primary: Span
    message: str
    cost: str = ""
    cure: str = ""
    related: tuple[Related, ...] = ()
    confidence: Confidence = "high"
    severity: Severity | None = None
    evidence: tuple[object, ...] | None = None
    aliases: tuple[str, ...] | None = None
    fix: Fix | None = None
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
