"""`dcache rule`."""

from __future__ import annotations

import click

from ..analyzer.files import InputError
from ..rules.catalogue import UnknownRule, chosen
from .completion import rule_names
from .output import echo_lines


@click.command("rule")
@click.argument("name", shell_complete=rule_names)
def command(name: str) -> None:
    """Explain a rule: what it finds, why that costs, when to allow it. NAME may be an alias, such as DL3008."""
    try:
        found = chosen((name,))
    except UnknownRule as error:
        raise InputError(str(error)) from None
    for at, rule in enumerate(found):
        also = f", also {', '.join(rule.rule.aliases)}" if rule.rule.aliases else ""
        off = "" if rule.rule.default else ", off unless selected"
        echo_lines([*([""] * 2 if at else []), f"# {rule.name} ({rule.rule.severity}{also}{off})", ""])
        echo_lines((rule.module.__doc__ or "").strip().splitlines())
        for example in rule.module.BAD[:1]:
            echo_lines(["", "## Example", "", *(f"    {line}" for line in example.text.splitlines())])
