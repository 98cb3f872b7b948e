"""The tree of a shell text to its commands."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..named_tuple import NamedTuple
from ..source import Span
from .commands import Command, Redirect, ShellWord
from .grammar import Node, tree

_DEEPEST = 150
_PLAIN = frozenset({"word", "number", "variable_name", "test_operator", "file_descriptor", "special_variable_name"})
_BLOCKS = frozenset({"program", "compound_statement", "negated_command", "do_group"})
_UNCERTAIN = frozenset(
    {
        "if_statement",
        "elif_clause",
        "else_clause",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "case_item",
    }
)
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_COMPOSED = frozenset({"list", "pipeline", "redirected_statement"})
_WORDY = frozenset({"declaration_command", "unset_command"})
_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})


class Unread(Exception):
    """The text cannot be read; the message says why."""


class _Place(NamedTuple):
    """What the constructs around a command say of it."""

    certain: bool = True
    subshell: tuple[int, ...] = ()
    pipeline: int = 0
    nested: bool = False
    background: bool = False
    function: str = ""
    depth: int = 0


def read(text: str, place: Callable[[int, int], Span]) -> tuple[Command, ...]:
    """The commands of a text; Unread where the grammar finds a fault in it."""
    parsed = tree(text)
    if parsed is None:
        raise Unread("the grammar of bash does not fit")
    reader = _Reader(parsed[1], place)
    reader.visit(parsed[0], _Place())
    return tuple(reader.found)


class _Reader:
    """One walk through one tree."""

    def __init__(self, text: str, place: Callable[[int, int], Span]) -> None:
        self.text = text
        self.place = place
        self.found: list[Command] = []
        self.opened = 0

    def visit(self, node: Node, at: _Place) -> None:
        """Adds the commands of a statement, or those that stand inside an expression."""
        kind = node.type
        if kind == "command":
            self.command(node, (), at)
            return
        if kind in _PLAIN or not node.child_count:
            return
        at = at._replace(depth=at.depth + 1)
        if at.depth > _DEEPEST:
            raise Unread("it is nested too deeply")
        if kind in _BLOCKS:
            self.block(node.children, at)
        elif kind in _COMPOSED:
            self.statement(node, at, at, ())
        elif kind in _UNCERTAIN:
            self.block(node.children, at._replace(certain=False))
        elif kind == "subshell":
            self.block(node.children, at._replace(subshell=(*at.subshell, self.number())))
        elif kind in _SUBSTITUTIONS:
            inner = at._replace(subshell=(*at.subshell, self.number()), nested=True, pipeline=0, background=False)
            self.block(node.children, inner)
        elif kind == "function_definition":
            name = self.word(node.children[1 if node.children[0].type == "function" else 0], at).text
            self.block(node.children[1:], at._replace(certain=False, function=name))
        elif kind == "test_command":
            self.test(node, at)
        elif kind in _WORDY:
            self.command(node, (), at)
        elif kind == "variable_assignment":
            self.assignments((node,), at)
        elif kind == "variable_assignments":
            self.assignments(tuple(node.children), at)
        else:
            self.block(node.children, at)

    def number(self) -> int:
        """A number that nothing else has."""
        self.opened += 1
        return self.opened

    def block(self, nodes: list[Node], at: _Place) -> None:
        """Visits statements one after the other; `&` behind one sends it to the background."""
        for number, node in enumerate(nodes):
            if node.is_named:
                behind = number + 1 < len(nodes) and nodes[number + 1].type == "&"
                self.visit(node, at._replace(background=True) if behind else at)

    def statement(self, node: Node, at: _Place, last: _Place, redirects: tuple[Node, ...]) -> None:
        """A chain of `&&` and `||`, the last part of which is at a place of its own and has these redirections.

        The grammar nests chains to the left, and lets a redirection hold all of the chain before it, and a pipe too.
        """
        parts: list[tuple[Node, _Place, tuple[Node, ...]]] = []
        here = last
        while True:
            children = [child for child in node.children if child.type != "comment"]
            if node.type == "redirected_statement" and children[0].type not in _REDIRECTS:
                redirects = (*children[1:], *redirects)
                node = children[0]
            elif node.type == "list":
                parts.append(
                    (children[-1], here._replace(certain=False) if children[1].type == "||" else here, redirects)
                )
                here, redirects, node = at, (), children[0]
            else:
                parts.append((node, here, redirects))
                break
        for part, where, behind in reversed(parts):
            self.part(part, where, behind)

    def part(self, node: Node, at: _Place, redirects: tuple[Node, ...]) -> None:
        """One statement of a chain. The redirections of a block are a command without words."""
        kind = node.type
        if kind == "command" or kind in _WORDY:
            self.command(node, redirects, at)
        elif kind == "pipeline":
            piped = at._replace(pipeline=self.number())
            elements = [child for child in node.children if child.is_named and child.type != "comment"]
            for number, child in enumerate(elements):
                behind = redirects if number == len(elements) - 1 else ()
                self.statement(child, piped if number else at, piped, behind)
        else:
            if kind == "redirected_statement":
                redirects = (*node.children, *redirects)
            else:
                self.visit(node, at)
            self.redirected(redirects, at)

    # Commands ----------------------------------------------------------------------------------------------

    def command(self, node: Node, redirects: tuple[Node, ...], at: _Place) -> None:
        """Adds one simple command, then those in its words; `redirects` stand behind it."""
        words: list[ShellWord] = []
        assignments: list[ShellWord] = []
        targets: list[Redirect] = []
        number = len(self.found)
        start, end = node.start_byte, node.end_byte
        inner: list[Node] = []
        before = -1
        for child in (*node.children, *redirects):
            kind = child.type
            joined = child.start_byte == before
            before = child.end_byte
            if joined and kind not in _REDIRECTS and (words or assignments):
                _lengthen(words or assignments, self.word(child, at))
            elif kind == "command_name":
                words.append(self.word(child.children[0] if child.children else child, at))
            elif kind == "variable_assignment" and not words:
                assignments.append(self.assignment(child, at))
            elif kind in _REDIRECTS:
                end = max(end, self.redirect(child, targets, words, inner, at))
            elif kind != "comment":
                words.append(self.assignment(child, at) if kind == "variable_assignment" else self.word(child, at))
        made = self.made(words, assignments, targets, self.place(start, end), at)
        self.found.insert(number, made)
        for child in inner:
            self.visit(child, at)

    def redirected(self, nodes: tuple[Node, ...], at: _Place) -> None:
        """Adds a command without words for redirections that stand behind a block, or alone."""
        targets: list[Redirect] = []
        inner: list[Node] = []
        number = len(self.found)
        for node in nodes:
            self.redirect(node, targets, [], inner, at)
        if targets:
            span = self.place(nodes[0].start_byte, nodes[-1].end_byte)
            self.found.insert(number, self.made([], [], targets, span, at._replace(pipeline=0)))
        for child in inner:
            self.visit(child, at)

    def made(
        self, words: list[ShellWord], assignments: list[ShellWord], targets: list[Redirect], span: Span, at: _Place
    ) -> Command:
        """The command at a place."""
        return Command(
            tuple(words),
            tuple(assignments),
            span,
            at.certain,
            at.subshell,
            at.pipeline,
            at.nested,
            at.background,
            at.function,
            tuple(targets),
        )

    def redirect(
        self, node: Node, targets: list[Redirect], words: list[ShellWord], inner: list[Node], at: _Place
    ) -> int:
        """Adds what a redirection leads to; the end of it. Words behind the target are the command's own."""
        operator, end = "", node.end_byte
        target: ShellWord | None = None
        for child in node.children:
            kind = child.type
            if kind in ("heredoc_body", "heredoc_end"):
                self.visit(child, at)
            elif kind in ("file_redirect", "herestring_redirect"):
                end = self.redirect(child, targets, words, inner, at)
            elif kind in ("pipeline", "command", "list", "redirected_statement", "subshell", "compound_statement"):
                inner.append(child)
            elif not child.is_named or kind == "file_descriptor":
                operator += child.type if not child.is_named else self.text[child.start_byte : child.end_byte]
            elif target is None:
                target, end = self.word(child, at), child.end_byte
            elif child.start_byte == end:
                target, end = _longer(target, self.word(child, at)), child.end_byte
            else:
                words.append(self.word(child, at))
                end = child.end_byte
        if target is not None:
            targets.append(Redirect(operator, target))
        return end

    def test(self, node: Node, at: _Place) -> None:
        """`[ … ]` with its words, `[[ … ]]` without, since they are no words of a command."""
        number = len(self.found)
        first = node.children[0]
        words: list[ShellWord] = [ShellWord(first.type, True, self.place(first.start_byte, first.end_byte))]
        if first.type == "[":
            self.operands(node.children[1:], words, at)
        elif first.type == "[[":
            self.block(node.children, at)
        else:
            self.block(node.children, at)
            return
        self.found.insert(number, self.made(words, [], [], self.place(node.start_byte, node.end_byte), at))

    def operands(self, nodes: list[Node], words: list[ShellWord], at: _Place) -> None:
        for node in nodes:
            if node.type.endswith("_expression") and node.type != "brace_expression":
                if at.depth > _DEEPEST:
                    raise Unread("it is nested too deeply")
                self.operands(node.children, words, at._replace(depth=at.depth + 1))
            elif node.type != "comment":
                words.append(self.word(node, at))

    def assignments(self, nodes: tuple[Node, ...], at: _Place) -> None:
        """Adds assignments that stand alone."""
        number = len(self.found)
        read = [self.assignment(node, at) for node in nodes]
        span = self.place(nodes[0].start_byte, nodes[-1].end_byte)
        self.found.insert(number, self.made([], read, [], span, at))

    def assignment(self, node: Node, at: _Place) -> ShellWord:
        """`NAME=value` as a word."""
        span = self.place(node.start_byte, node.end_byte)
        last = node.children[-1]
        if not last.is_named:
            return ShellWord(self.text[node.start_byte : node.end_byte], True, span)
        value, fixed = self.value(last, at)
        return ShellWord(self.text[node.start_byte : last.start_byte] + value, fixed, span)

    # Words -------------------------------------------------------------------------------------------------

    def word(self, node: Node, at: _Place) -> ShellWord:
        """A word; the commands inside it are added."""
        text, fixed = self.value(node, at)
        return ShellWord(text, fixed, self.place(node.start_byte, node.end_byte))

    def value(self, node: Node, at: _Place) -> tuple[str, bool]:
        """The text of a word without its quotes, and whether it is fixed."""
        kind = node.type
        raw = self.text[node.start_byte : node.end_byte]
        if kind in _PLAIN:
            return (re.sub(r"\\(.?)", _escaped, raw, flags=re.DOTALL), True) if "\\" in raw else (raw, True)
        if kind == "raw_string":
            return raw[1:-1], True
        if kind == "string":
            return self.joined(node, node.children[1:-1], node.start_byte + 1, node.end_byte - 1, at)
        if kind == "concatenation":
            return self.joined(node, node.children, node.start_byte, node.end_byte, at)
        if kind == "string_content":
            return (re.sub(r'\\([\n"$`\\])', _escaped, raw) if "\\" in raw else raw), True
        if kind == "ansi_c_string":
            return raw[2:-1], "\\" not in raw
        if kind == "translated_string":
            return self.value(node.children[-1], at)
        if node.child_count:
            self.visit(node, at)
            return raw, False
        return raw, not raw.startswith(("$", "`")) or raw == "$"

    def joined(self, node: Node, parts: list[Node], start: int, end: int, at: _Place) -> tuple[str, bool]:
        """The texts of parts and of the space between them, which the grammar leaves out."""
        found: list[str] = []
        fixed = True
        for part in parts:
            found.append(self.text[start : part.start_byte])
            text, firm = self.value(part, at)
            found.append(text)
            fixed = fixed and firm
            start = part.end_byte
        found.append(self.text[start:end])
        return "".join(found), fixed


def _lengthen(words: list[ShellWord], more: ShellWord) -> None:
    words[-1] = _longer(words[-1], more)


def _longer(word: ShellWord, more: ShellWord) -> ShellWord:
    """Two parts of one word, which the grammar parts behind a `$` that it does not understand."""
    fixed = word.fixed and more.fixed and not word.text.endswith("$")
    return ShellWord(word.text + more.text, fixed, Span(word.span.start, more.span.end))


def _escaped(found: re.Match[str]) -> str:
    return "" if found[1] == "\n" else found[1]
