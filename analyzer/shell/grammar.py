"""The one home of tree-sitter: a text to the tree that the grammar of bash gives it, or None where it is not shell."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

from ..typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node, Parser
else:
    Node = object

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
    binding = _binding("tree_sitter")
    parser: Parser = binding.Parser(binding.Language(_binding("tree_sitter_bash").language()))
    return parser


def _binding(name: str) -> Any:
    """The compiled part of a package, alone: the rest imports typing and importlib.resources, a third of our start."""
    package = PathFinder.find_spec(name)
    folders = None if package is None else package.submodule_search_locations
    spec = PathFinder.find_spec(f"{name}._binding", folders)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{name.replace('_', '-')} is not installed", name=name)
    module = sys.modules.get(spec.name)
    if module is None:
        module = sys.modules[spec.name] = module_from_spec(spec)
        spec.loader.exec_module(module)
    return module
