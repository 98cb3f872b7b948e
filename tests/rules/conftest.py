"""Lints texts with contexts that exist only in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dcache.analyzer.context import Context, Node, read_ignore
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.rules.catalogue import LoadedRule, chosen
from dcache.rules.facts import BuildContext
from dcache.rules.rule import Confidence
from dcache.rules.run import FileReport, Settings, lint

Lint = Callable[..., FileReport]


class TextTree:
    """A tree of small texts by path; a path that ends in a slash is an empty directory."""

    label = "a test"
    exact_modes = True
    tracked_only = False

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def children(self, path: str) -> Mapping[str, Node]:
        start = path + "/" if path else ""
        found: dict[str, Node] = {}
        for name in self.texts:
            if name.startswith(start) and name != start:
                first, slash, _ = name[len(start) :].partition("/")
                found[first] = Node("dir", 0o755) if slash else Node("file", 0o644, size=len(self.texts[name]))
        return found

    def digest(self, path: str, node: Node) -> str:
        return self.texts[path]

    def read(self, path: str) -> bytes:
        try:
            return self.texts[path].encode()
        except KeyError:
            raise FileNotFoundError(path) from None


def build_context(texts: Mapping[str, str]) -> BuildContext:
    ignore = read_ignore(texts.get(".dockerignore", ""))
    return BuildContext(
        Context("", TextTree(texts), ignore),
        ".dockerignore" if ".dockerignore" in texts else None,
        "Dockerfile" if "Dockerfile" in texts else None,
        texts.get(".dockerignore", ""),
    )


@pytest.fixture(scope="session")
def lint_text() -> Lint:
    """Lint a Dockerfile's text with rules by name, or with given ones."""

    def run(
        text: str,
        *select: str,
        context: Mapping[str, str] | None = None,
        confidence: Confidence = "medium",
        rules: tuple[LoadedRule, ...] | None = None,
        options: Mapping[str, Any] = {},
    ) -> FileReport:
        opener = None if context is None else lambda: build_context(context)
        source = SourceFile("Dockerfile", text)
        settings = Settings(confidence, options=options)
        return lint(parse(source), chosen(select) if rules is None else rules, opener, settings)

    return run
