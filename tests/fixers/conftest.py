"""Fixes texts with contexts that exist only in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from dcache.analyzer.pins import Key, Kind, Lock, Pin
from dcache.analyzer.source import SourceFile
from dcache.fixers.apply import Files, Fixed, fix_file
from dcache.rules.catalogue import chosen
from dcache.rules.facts import OpenContext
from dcache.rules.run import Settings
from rules.conftest import build_context

FixText = Callable[..., Fixed]

VALUES: Mapping[Kind, str] = {
    "image": "sha256:" + "1a" * 32, "apt": "1:1.2-3+deb12u4", "apk": "1.2.3-r4", "pip": "1.2.3", "npm": "1.2.3",
    "gem": "1.2.3", "go": "v1.2.3", "cargo": "1.2.3", "git": "1a" * 20, "download": "sha256:" + "2b" * 32,
    "snapshot": "20260131T000000Z",
}  # fmt: skip


class _Everything(Mapping[Key, Pin]):
    """A lock's pins that know whatever is asked for."""

    def __getitem__(self, key: Key) -> Pin:
        return Pin(VALUES[key.kind], "2026-01-31")

    def __iter__(self) -> Iterator[Key]:
        return iter(())

    def __len__(self) -> int:
        return 0


KNOWS_EVERYTHING = Lock(_Everything())


def fixed(
    text: str,
    *select: str,
    context: Mapping[str, str] | None = None,
    unsafe: bool = False,
    path: str = "Dockerfile",
    options: Mapping[str, object] | None = None,
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
    settings = Settings("low", options=options or {}, pins=KNOWS_EVERYTHING)
    return fix_file(SourceFile(path, text), chosen(select), files, settings, unsafe=unsafe)


@pytest.fixture(scope="session")
def fix_text() -> FixText:
    """Fix a Dockerfile's text with rules by name: `Fixed.texts` has what differs, by path."""
    return fixed
