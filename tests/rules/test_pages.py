"""docs/rules and the index are what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

from dcache.reports.rule_pages import pages
from dcache.rules.catalogue import INDEX, index

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "rules"


def test_the_pages_are_up_to_date() -> None:
    written = {str(path.relative_to(DOCS)): path.read_text("utf-8") for path in DOCS.rglob("*.md")}
    assert written == pages(), "write them anew: dcache rules --write-docs docs/rules"


def test_the_index_is_up_to_date() -> None:
    written = (ROOT / "rules" / INDEX).read_text("utf-8")
    assert written == index(), "write it anew: dcache rules --write-index rules/index.tsv"
