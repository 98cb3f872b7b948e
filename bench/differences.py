"""Writes docs/peers.md: how far the checks that dcache has from BuildKit and hadolint say what those said.

    PYTHONPATH=tests .venv/bin/python bench/differences.py

Where DCACHE_CORPUS names the Dockerfiles, the counts and differences in corpus/peers are found anew first: a difference
keeps its reason, and a new one gets `?`, which a test refuses until somebody writes why.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from peers.said import CORPUS, LINTERS, PEERS, Place, codes, differences, differing, said

PAGE = Path(__file__).parents[1] / "docs" / "peers.md"
HEAD = """\
# The checks of BuildKit and hadolint

Every check of BuildKit's, and every one of hadolint's, is a rule of dcache's with that alias. This page says how far
they agree on real Dockerfiles. It is written by `PYTHONPATH=tests .venv/bin/python bench/differences.py`; tests fail
where it is not what that makes, and where a difference has no reason.

*Theirs* are the places that the linter names, *ours* those that dcache does; *only theirs* and *only ours* is what the
other one does not, each for a reason that is given below. *Agreed* is the share of all findings that both have, those
left out for which the other linter is wrong or could not know.
"""


def main() -> None:
    """Find the differences anew where the corpus is there, and write the page."""
    if CORPUS.is_dir():
        for linter in LINTERS:
            _write(linter)
    PAGE.write_text(page(), "utf-8")


def _write(linter: str) -> None:
    document = differences(linter)
    known = {
        (code, side, place): reason
        for code, sides in document["differences"].items()
        for side, entries in sides.items()
        for reason, places in entries.items()
        for place in places
    }
    counts: dict[str, list[int]] = {}
    found: dict[str, dict[str, dict[str, list[Place]]]] = {}
    for code in codes(linter):
        theirs, ours = said(linter).theirs.get(code, ()), said(linter).ours.get(code, ())
        if theirs or ours:
            counts[code] = [len(theirs), len(ours)]
        for side, places in differing(linter, code).items():
            for place in sorted(places):
                reason = known.get((code, side, place), "?")
                found.setdefault(code, {}).setdefault(side, {}).setdefault(reason, []).append(place)
    text = json.dumps({**document, "counts": counts, "differences": found}, indent=1, ensure_ascii=False)
    text = re.sub(
        r"\[[^\[\]{}]*\]", lambda match: re.sub(r"\s+", " ", match[0]).replace("[ ", "[").replace(" ]", "]"), text
    )
    (PEERS / f"{linter}.json").write_text(text + "\n", "utf-8")


def page() -> str:
    """The text of the page, from corpus/peers alone."""
    return HEAD + "".join(_section(linter) for linter in LINTERS)


def _section(linter: str) -> str:
    document = differences(linter)
    title = {"buildkit": "BuildKit", "hadolint": "hadolint"}[linter]
    rows = [
        f"\n## {title}\n\n{document['about'].partition(' `counts`')[0]}\n\n"
        "| check | theirs | ours | only theirs | only ours | agreed |\n|---|---|---|---|---|---|\n"
    ]
    for code, (theirs, ours) in document["counts"].items():
        sides = document["differences"].get(code, {})
        lost, more = (sum(map(len, sides.get(side, {}).values())) for side in ("theirs", "ours"))
        faults = sum(
            len(places) for side in sides.values() for why, places in side.items() if why in document["faults"]
        )
        both = theirs - lost
        share = "-" if both + faults == 0 else f"{100 * both / (both + faults):.1f} %"
        rows.append(f"| `{code}` | {theirs} | {ours} | {lost} | {more} | {share} |\n")
    rows.append("\n### Why they differ\n\n| check | only | how often | why |\n|---|---|---|---|\n")
    for code, sides in document["differences"].items():
        for side, entries in sides.items():
            for reason, places in entries.items():
                rows.append(f"| `{code}` | {side} | {len(places)} | {_why(document, reason)} |\n")
    rows.append("\n### Not compared\n\n| check | why |\n|---|---|\n")
    rows += [f"| `{code}` | {why} |\n" for code, why in document["not-compared"].items()]
    return "".join(rows)


def _why(document: dict[str, Any], reason: str) -> str:
    return str({**document["reasons"], **document["faults"]}.get(reason, reason)).replace("|", "\\|")


if __name__ == "__main__":
    main()
