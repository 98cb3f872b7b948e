"""Pairs of producing stages whose output a later stage copies: the engine says which of them write the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from engines.instructions import MODE
from engines.strategies import Example, Variant
from engines.trees import Entry
from engines.truth import Engines, judge, show

pytestmark = pytest.mark.engine

TREE = {"a.txt": Entry("a"), "b.txt": Entry("b"), "d": Entry(mode=0o755), "d/x.txt": Entry("x")}
EXECUTABLE = Entry("a", 0o755)
EDITED = Entry("new", time=1_000_000_009)


class Pair(NamedTuple):
    """A producer before and after, and the files that are other ones after; `takes` is what the consumer copies."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    changed: dict[str, Entry] = {}  # noqa: RUF012
    takes: str = "/w"


def unchanged(lines: tuple[str, ...], changed: dict[str, Entry]) -> Pair:
    """The same producer twice, with other files."""
    return Pair(lines, lines, changed)


PAIRS = {
    "copies swapped": Pair(("COPY a.txt /w/", "COPY b.txt /w/"), ("COPY b.txt /w/", "COPY a.txt /w/")),
    "copies joined": Pair(("COPY a.txt /w/", "COPY b.txt /w/"), ("COPY a.txt b.txt /w/",)),
    "sources swapped": Pair(("COPY a.txt b.txt /w/",), ("COPY b.txt a.txt /w/",)),
    "linked": Pair(("COPY a.txt /w/",), ("COPY --link a.txt /w/",)),
    "added": Pair(("COPY a.txt /w/",), ("ADD a.txt /w/",)),
    "folder with a slash": Pair(("COPY d /w/d",), ("COPY d /w/d/",)),
    "by wildcard": Pair(("COPY a.txt b.txt /w/",), ("COPY *.txt /w/",)),
    "delimiter of a heredoc": Pair(("COPY <<EOF /w/h\na\nEOF",), ("COPY <<END /w/h\na\nEND",)),
    "after WORKDIR": Pair(("COPY a.txt /w/",), ("WORKDIR /w", "COPY a.txt .")),
    "WORKDIR of a user": Pair(("WORKDIR /w", "COPY a.txt ."), ("USER 1000", "WORKDIR /w", "COPY a.txt .")),
    "destination by a variable": Pair(("ENV V=w", "COPY a.txt /$V/"), ("COPY a.txt /w/",)),
    "the only file of a folder": Pair(("COPY d /w/",), ("COPY d/x.txt /w/",)),
    "more is copied elsewhere": Pair(("COPY a.txt /w/",), ("COPY b.txt /o/", "COPY a.txt /w/")),
    "another file joins": Pair(("COPY *.txt /w/",), ("COPY *.txt /w/",), {"c.txt": Entry("c")}),
    "another file joins, unread": Pair(("COPY *.txt /w/",), ("COPY *.txt /w/",), {"c.txt": Entry("c")}, "/w/a.txt"),
    "another file changes, unread": Pair(("COPY . /w/",), ("COPY . /w/",), {"b.txt": EDITED}, "/w/a.txt"),
    "another mode is written": Pair(("COPY a.txt /w/",), ("COPY --chmod=600 a.txt /w/",)),
    "a covered copy goes": Pair(("COPY a.txt /w/x", "COPY b.txt /w/x"), ("COPY b.txt /w/x",)),
}
# What is read differs, and what is written does not.
SAME_BYTES = {
    "mode under --chmod": unchanged(("COPY --chmod=600 a.txt /w/",), {"a.txt": EXECUTABLE}),
    "change that is covered": unchanged(
        (
            "COPY a.txt /w/x",
            "COPY b.txt /w/x",
        ),
        {"a.txt": EDITED},
    ),
    "owner spelt out": Pair(("COPY a.txt /w/",), ("COPY --chown=0:0 a.txt /w/",)),
    "group spelt out": Pair(("COPY --chown=1000 a.txt /w/",), ("COPY --chown=1000:1000 a.txt /w/",)),
    "nothing is excluded": Pair(("COPY d /w/",), ("COPY --exclude=*.zip d /w/",)),
    "empty folder by wildcard": unchanged(("COPY d/* /w/",), {"d/new": Entry(mode=0o755)}),
    "mode of the folder itself": unchanged(("COPY d /w/",), {"d": Entry(mode=0o700)}),
}


def judged(pair: Pair, engines: Engines, folder: Path) -> str:
    """What is wrong about a pair, with the builds; empty where nothing is."""

    def variant(lines: tuple[str, ...], tree: dict[str, Entry]) -> Variant:
        consumer = (f"FROM stub/a:{MODE}", f"COPY --from=p {pair.takes} /w/got", "RUN tool")
        return Variant((("FROM scratch AS p", *lines), consumer), dict(sorted(tree.items())))

    made = Example((variant(pair.before, TREE), variant(pair.after, TREE | pair.changed)), ("after",), warm=False)
    judgement = judge(engines, made, folder)
    assert judgement.steps["hit"] + judgement.steps["miss"] + judgement.steps["depends"], "the engine refused a build"
    return "\n".join((*judgement.wrong, show(made))) if judgement.wrong else ""


@pytest.mark.parametrize("name", PAIRS)
def test_what_a_producer_writes_decides(name: str, engines: Engines, tmp_path: Path) -> None:
    assert not judged(PAIRS[name], engines, tmp_path)


@pytest.mark.parametrize("name", SAME_BYTES)
def test_what_is_written_counts_not_what_is_read(name: str, engines: Engines, tmp_path: Path) -> None:
    assert not judged(SAME_BYTES[name], engines, tmp_path)
