"""Fixes texts with contexts that exist only in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dcache.analyzer.source import SourceFile
from dcache.fixers.apply import Files, Fixed, fix_file
from dcache.rules.catalogue import chosen
from dcache.rules.facts import OpenContext
from dcache.rules.run import Settings
from rules.conftest import build_context

FixText = Callable[..., Fixed]


def fixed(
    text: str,
    *select: str,
    context: Mapping[str, str] | None = None,
    unsafe: bool = False,
    path: str = "Dockerfile",
) -> Fixed:
    """What the cures of rules by name make of a Dockerfile's text."""

    there = dict(context or {})

    def opened(texts: Mapping[str, str]) -> OpenContext | None:
        if context is None:
            return None
        return lambda: build_context(there | {name: one for name, one in texts.items() if name != path})

    def read(name: str) -> str:
        return there.get(name, "")

    files = Files(read, opened)
    return fix_file(SourceFile(path, text), chosen(select), files, Settings("low"), unsafe=unsafe)


@pytest.fixture(scope="session")
def fix_text() -> FixText:
    """Fix a Dockerfile's text with rules by name: `Fixed.texts` has what differs, by path."""
    return fixed
