"""What shells complete: files, and names of rules."""

from __future__ import annotations

import click

from ..analyzer.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def files(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """What tells the shell to complete names of files itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def rule_names(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """The rules, themes and aliases that begin so; behind a comma, the last name counts."""
    from ..rules.catalogue import rules

    before, comma, last = begun.rpartition(",")
    known = sorted({name for rule in rules() for name in rule.names} | {"ALL"})
    return [f"{before}{comma}{name}" for name in known if name.startswith(last)]
