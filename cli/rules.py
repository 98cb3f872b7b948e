"""`dcache rules`."""

from __future__ import annotations

import os

import click

from ..pipeline.files import write_file
from ..reports.rules import rules_document
from ..rules.catalogue import index, rules
from .completion import DIR, FILE
from .output import echo_json, echo_lines, format_option, style


@click.command("rules")
@format_option("text", "json")
@click.option("--write-docs", **DIR, help="Write a page for each rule and an index there.")
@click.option("--write-index", **FILE, help="Write what the rules' modules say of themselves there.")
def command(output_format: str, write_docs: str | None, write_index: str | None) -> None:
    """List all rules: name, severity, what it finds, and the names of the same check in other linters."""
    if write_index is not None:
        write_file(index().encode(), write_index)
    if write_docs is not None:
        from ..reports.rule_pages import pages

        for path, text in pages().items():
            target = os.path.join(write_docs, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            write_file(text.encode(), target)
    if write_docs is not None or write_index is not None:
        return
    if output_format == "json":
        echo_json(rules_document())
        return
    look = style()
    width = max(len(rule.name) for rule in rules())
    for rule in rules():
        off = "" if rule.rule.default else " (off unless selected)"
        also = f" [{', '.join(rule.rule.aliases)}]" if rule.rule.aliases else ""
        name = look.paint(f"{rule.name:<{width}}", "1")
        echo_lines([f"{name}  {rule.rule.severity:<7}  {rule.rule.summary}{also}{off}"])
