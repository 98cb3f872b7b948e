"""A shell text as a chain: parts with `&&` between them, each of which runs where the one before it succeeded."""

from __future__ import annotations

from .commands import Command
from .grammar import Node, tree


def links(text: str) -> tuple[tuple[int, int], ...] | None:
    """The parts of a text that is nothing but a chain, as offsets, a lone statement being one; None for other texts."""
    parsed = tree(text)
    if parsed is None:
        return None
    statements = [node for node in parsed[0].children if node.type != "comment"]
    if len(statements) != 1 or not statements[0].is_named:
        return None
    node, end = _unwrapped(statements[0], statements[0].end_byte)
    found: list[tuple[int, int]] = []
    while node.type == "list":
        first, operator, last = (child for child in node.children if child.type != "comment")
        if operator.type != "&&" or _holds_chain(last):
            return None
        found.append((last.start_byte, end))
        node, end = _unwrapped(first, first.end_byte)
    if _holds_chain(node):
        return None
    return ((node.start_byte, end), *reversed(found))


def _unwrapped(node: Node, end: int) -> tuple[Node, int]:
    """A chain without the redirection of its last part, which the grammar hangs on all of it, and where both end."""
    if node.type == "redirected_statement" and node.children[0].type == "list":
        return node.children[0], end
    return node, end


def _holds_chain(node: Node) -> bool:
    """Whether a part is a pipeline or a redirection that the grammar hung on a chain."""
    return node.type in ("pipeline", "redirected_statement") and node.children[0].type == "list"


# Commands that change the shell itself, so that what follows sees it.
_STATE = frozenset(
    "cd pushd popd set shopt export declare typeset local readonly unset source . eval alias umask ulimit trap exec "
    "nvm hash enable".split()
)
_REPEATABLE = frozenset({"cd", "set", "export", "umask", "shopt"})


def changes_shell(command: Command) -> bool:
    """Whether what follows a command in the same shell may see that it ran."""
    return not command.subshell and (not command.words or command.program in _STATE or bool(command.function))


def is_repeatable(command: Command) -> bool:
    """Whether a command that changes the shell does the same again in a new one: it takes nothing from a program."""
    words = (*command.words, *command.assignments)
    plain = all(word.fixed or not any(mark in word.text for mark in ("`", "$(", "$?", "$!", "<(")) for word in words)
    return plain and (command.program in _REPEATABLE or not command.words)
