"""What documents about a build tell: its provenance (lines, no verdicts) and its record in the history (totals)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from ..named_tuple import NamedTuple
from ..typing import Any
from .documents import rows, table, text
from .logged import BuildLog, LoggedStep, StepName

_PREDICATE = "buildx.build.provenance"
_METADATA = "https://mobyproject.org/buildkit@v1#metadata"


class SourceLines(NamedTuple):
    """Where in the Dockerfile each operation comes from: 1-based lines by the digests of vertices.

    `text` is the Dockerfile that the provenance holds, "" where it holds none.
    """

    lines: dict[str, int]
    text: str


def predicates(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The provenances in a document: an attestation, its predicate, or a `--metadata-file`, one for each platform."""
    if table(document, "predicate"):
        yield table(document, "predicate")
    elif "buildConfig" in document or "buildDefinition" in document:
        yield document
    for key, value in document.items():
        if key.startswith(_PREDICATE) and table(value):
            yield table(value)


def source_lines(predicate: dict[str, Any]) -> SourceLines:
    """The map of a provenance, SLSA v0.2 or v1 (docs of BuildKit 0.25: attestations/slsa-provenance); may be empty."""
    config = table(predicate, "buildConfig") or table(predicate, "buildDefinition", "internalParameters", "buildConfig")
    ended = table(predicate, "runDetails", "metadata")
    metadata = table(predicate, "metadata", _METADATA) or table(ended, "buildkit_metadata") or table(ended, _METADATA)
    first = dict(_first_lines(table(metadata, "source", "locations")))
    digests = table(config, "digestMapping")
    lines = {digest: first[name] for digest, step in digests.items() if (name := text(step)) in first}
    return SourceLines(lines, _dockerfile(metadata))


def provenance_log(predicate: dict[str, Any]) -> BuildLog:
    """A provenance as a log: the operations with their lines, and no word about what was cached."""
    found = source_lines(predicate)
    written = found.text.splitlines()
    steps = [
        LoggedStep(
            StepName("", "", "", 0, 0, written[line - 1].strip() if line <= len(written) else ""),
            "unknown",
            line=line,
        )
        for line in sorted(set(found.lines.values()))
    ]
    notes = ["provenance does not say what was cached nor how long a step took: give the build's log too"]
    if not steps:
        notes.append(
            "it has no lines either: only provenance with mode=max has them, and a --metadata-file only where the "
            "environment says BUILDX_METADATA_PROVENANCE=max"
        )
    return BuildLog("provenance", 1, tuple(steps), notes=tuple(notes))


def history_log(document: dict[str, Any]) -> BuildLog | None:
    """The record that `docker buildx history inspect --format json` prints, None where the document is none."""
    ref = text(document.get("Ref"))
    if not ref or "NumTotalSteps" not in document:
        return None
    total, cached = (document.get(key, 0) for key in ("NumTotalSteps", "NumCachedSteps"))
    note = (
        f"the record counts {total} steps, {cached} of them cached, and does not say which: "
        f"`docker buildx history logs --progress rawjson {ref}` does"
    )
    return BuildLog("history", 1, (), error=text(table(document, "Error").get("Message")), notes=(note,))


def _first_lines(locations: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The first line of each operation; a FROM that several stages share has several places."""
    for step, value in locations.items():
        found: list[int] = []
        for place in rows(table(value).get("locations")):
            starts = [table(one, "start").get("line") for one in rows(table(place).get("ranges"))]
            found += [line for line in starts if isinstance(line, int) and line > 0]
        if found:
            yield step, min(found)


def _dockerfile(metadata: dict[str, Any]) -> str:
    infos = rows(table(metadata, "source").get("infos"))
    try:
        return base64.b64decode(text(table(infos[0]).get("data"))).decode("utf-8", "replace") if infos else ""
    except ValueError:
        return ""
