"""What BuildKit and hadolint said about real Dockerfiles, and what dcache says in their place.

The files are in the folder that DCACHE_CORPUS names; corpus/peers has the differences, each with its reason.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Dockerfile
from dcache.analyzer.source import decode
from dcache.rules.catalogue import rules
from dcache.rules.run import lint
from dcache.rules.silence import is_buildkit

CORPUS = Path(os.environ.get("DCACHE_CORPUS", "/nowhere"))
PEERS = Path(__file__).parents[2] / "corpus" / "peers"
LINTERS = ("buildkit", "hadolint")

# A place is a file, by its blob id, and the line where an instruction begins.
Place = str


class Said(NamedTuple):
    """What was said, by code: `theirs` are their places, `ours` the place of each finding and those related to it."""

    theirs: dict[str, set[Place]]
    ours: dict[str, dict[Place, set[Place]]]


def differences(linter: str) -> dict[str, Any]:
    """The listed differences to a linter."""
    document: dict[str, Any] = json.loads((PEERS / f"{linter}.json").read_text("utf-8"))
    return document


def _is_code(linter: str, alias: str) -> bool:
    return is_buildkit((alias,)) if linter == "buildkit" else alias.startswith("DL")


def codes(linter: str) -> list[str]:
    """The codes that rules stand for, but for those that need settings or that another test compares."""
    known = {alias for rule in rules() for alias in rule.rule.aliases if _is_code(linter, alias)}
    return sorted(known - differences(linter)["not-compared"].keys())


def _as_the_linter_reads(linter: str, dockerfile: Dockerfile) -> Dockerfile:
    """The file with only those requests for silence that the linter knew when it was asked."""
    if linter == "hadolint":
        own = tuple(one for one in dockerfile.silences if one.text.lstrip("# \t").startswith("hadolint"))
        return dockerfile._replace(directives=(), silences=own)
    # `# syntax=` lines were made comments for the run of BuildKit, which end the directives.
    cut = any(one.name == "syntax" for one in dockerfile.directives)
    return dockerfile._replace(directives=() if cut else dockerfile.directives, silences=())


def _lines(dockerfile: Dockerfile) -> dict[int, int]:
    """The line where the instruction begins that a line belongs to."""
    text = dockerfile.source.text
    placed = [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]
    begins: dict[int, int] = {}
    for one in placed:
        first = text.count("\n", 0, one.span.start) + 1
        for line in range(first, first + text.count("\n", *one.span) + 1):
            begins[line] = first
    return begins


@cache
def said(linter: str) -> Said:
    """All that the linter and dcache say about the corpus."""
    found = Said(defaultdict(set), defaultdict(dict))
    chosen = tuple(rule for rule in rules() if any(_is_code(linter, alias) for alias in rule.rule.aliases))
    aliases = {rule.name: rule.rule.aliases for rule in chosen}
    for row in (CORPUS / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(row)
        theirs = [(one[0], one[1] if linter == "hadolint" else one[1][0][0]) for one in expected[linter] if one[1]]
        if linter == "hadolint" and any(code == "DL1000" for code, _ in theirs):
            continue
        data = (CORPUS / "dockerfiles" / expected["file"]).read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()[:12]
        dockerfile = _as_the_linter_reads(linter, parse(decode(expected["file"], data)))
        begins = _lines(dockerfile)
        for code, line in theirs:
            found.theirs[code].add(f"{blob}:{begins.get(line, line)}")
        report = lint(dockerfile, chosen)
        assert not report.crashes
        for one in report.diagnostics:
            lines = [dockerfile.source.text.count("\n", 0, at) + 1 for at in _starts(one)]
            places = [f"{blob}:{begins.get(line, line)}" for line in lines]
            for alias in aliases[one.rule] if one.aliases is None else one.aliases:
                found.ours[alias].setdefault(places[0], set()).update(places if linter == "hadolint" else places[:1])
    return found


def _starts(one: Any) -> Iterator[int]:
    yield one.primary.start
    yield from (related.span.start for related in one.related)


def differing(linter: str, code: str) -> dict[str, set[Place]]:
    """What only they say, and what only we do. A finding of ours that names two places is theirs at either of them."""
    theirs, ours = said(linter).theirs.get(code, set()), said(linter).ours.get(code, {})
    told = {place for places in ours.values() for place in places}
    return {
        "theirs": theirs - told,
        "ours": {place for place, places in ours.items() if not places & theirs},
    }


def listed(linter: str, code: str, side: str, kinds: tuple[str, ...] = ("reasons", "faults")) -> list[Place]:
    document = differences(linter)
    entries = document["differences"].get(code, {}).get(side, {})
    return [
        place
        for reason, places in entries.items()
        if any(reason in document[kind] for kind in kinds)
        for place in places
    ]
