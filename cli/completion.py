"""What shells complete: files, directories, names of rules, and how zsh and fish are told."""

from __future__ import annotations

import click

from ..analyzer.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def files(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """What tells the shell to complete names of files itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def folders(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """What tells the shell to complete names of directories itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="dir")]


# What options that take files have in common, as those do that take what may be a directory, or must be one.
FILE: dict[str, Any] = {"metavar": "FILE", "shell_complete": files}
PATH: dict[str, Any] = {"metavar": "PATH", "shell_complete": files}
DIR: dict[str, Any] = {"metavar": "DIR", "shell_complete": folders}


def rule_names(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """The rules, themes and aliases that begin so; behind a comma, the last name counts."""
    from ..rules.catalogue import rules

    before, comma, last = begun.rpartition(",")
    known = sorted({name for rule in rules() for name in rule.names} | {"ALL"})
    return [f"{before}{comma}{name}" for name in known if name.startswith(last)]


def mend() -> None:
    """Have click tell zsh and fish what they need to know.

    Where `--option=value` is one word, as in both, its values are told with the option, which they would replace.
    click's script for fish cuts what is told off at a comma: that between two names, or in a description.
    """
    from click.shell_completion import FishComplete, ZshComplete, add_completion_class

    class Zsh(ZshComplete):
        def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
            return _with_option(super().get_completions(args, incomplete), incomplete)

    class Fish(FishComplete):
        source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')

        def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
            return _with_option(super().get_completions(args, incomplete), incomplete)

    add_completion_class(Zsh)
    add_completion_class(Fish)


def _with_option(found: list[CompletionItem], begun: str) -> list[CompletionItem]:
    """The items with the option that stands before them in one word with what was begun."""
    option, equals, _ = begun.partition("=")
    if equals and option.startswith("-"):
        for one in found:
            if one.type == "plain":
                one.value = f"{option}={one.value}"
    return found
