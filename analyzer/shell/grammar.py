"""The one home of tree-sitter: a text to the tree that the grammar of bash gives it, or None where it is not shell."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

from tree_sitter import Language, Node, Parser

__all__ = ["Node", "tree"]

_COMMENT = r"(^|[;&|\n{(])?([ \t]*)`#[^`\n]*`"


def tree(text: str) -> tuple[Node, str] | None:
    """The tree of a text, and the text that its byte offsets count, one byte a character; None where it has a fault.

    Both texts are equally long: a character stands where it stood.
    """
    if "\r" in text:
        text = text.replace("\\\r\n", " \\\n").replace("\r\n", " \n")
    if "`#" in text:
        text = re.sub(_COMMENT, _blanked, text)
    shown = text if text.isascii() else re.sub(r"[^\x00-\x7f]", "_", text)
    root = _parser().parse(shown.encode("ascii")).root_node
    return None if root.has_error else (root, text)


def _blanked(found: re.Match[str]) -> str:
    """What stands for a comment in backquotes, which the grammar does not know: a command or nothing."""
    if found[1] is None:
        return " " * len(found[0])
    return (found[1] + found[2] + ":").ljust(len(found[0]))


@cache
def _parser() -> Parser:
    return Parser(Language(_language()))


def _language() -> object:
    """The compiled grammar. Its package imports importlib.resources for texts unused here: a third of our start."""
    package = PathFinder.find_spec("tree_sitter_bash")
    folders = None if package is None else package.submodule_search_locations
    spec = PathFinder.find_spec("tree_sitter_bash._binding", folders)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("tree-sitter-bash is not installed", name="tree_sitter_bash")
    module = sys.modules.get(spec.name)
    if module is None:
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    language: object = module.language()
    return language
