"""docs/rules is what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

from dcache.reports.rule_pages import pages

DOCS = Path(__file__).parents[2] / "docs" / "rules"


def test_the_pages_are_up_to_date() -> None:
    written = {str(path.relative_to(DOCS)): path.read_text("utf-8") for path in DOCS.rglob("*.md")}
    assert written == pages(), "write them anew: dcache rules --write-docs docs/rules"
