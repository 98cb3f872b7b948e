"""Logs for tests: the samples, which a real engine printed, and the project whose builds they are."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from dcache.analyzer.logs import BuildLog, LogReader

SAMPLES = Path(__file__).parent / "samples"
# The Dockerfile of the samples cold, warm, edit and bake; a RUN of it prints what looks like progress.
DOCKERFILE = """\
FROM local/bb:1 AS assets
WORKDIR /web
COPY package.json ./
RUN echo "#7 CACHED"; sleep 0.2; printf '#8 DONE 9.9s\\r#9 ERROR: x\\n' >&2

FROM local/bb:1
WORKDIR /app
COPY --link src/ src/
RUN ls src
COPY --from=assets /web /web
"""
BEFORE = {"Dockerfile": DOCKERFILE, "package.json": "{}\n", "src/a": "1\n"}
# The sample edit is the build of this after that of BEFORE.
AFTER = {**BEFORE, "src/a": "22\n"}


def sample(name: str) -> str:
    """The text of a sample."""
    return (SAMPLES / name).read_bytes().decode()


def logs(*texts: str | bytes) -> tuple[BuildLog, ...]:
    """The builds in files of one log."""
    reader = LogReader()
    for at, text in enumerate(texts, 1):
        reader.read(f"log{at}", io.BytesIO(text.encode() if isinstance(text, str) else text))
    return reader.builds()


def log(*texts: str | bytes) -> BuildLog:
    """The only build in files of one log."""
    (found,) = logs(*texts)
    return found


def verdicts(build: BuildLog) -> dict[str, str]:
    """The verdict of each step that is no FROM, by the names that the engine prints."""
    return {f"{step.name.title} {step.name.text}": step.verdict for step in build.steps if step.verdict != "resolved"}


def vertex(name: str, *, inputs: tuple[str, ...] = ("sha256:in",), **event: Any) -> dict[str, Any]:
    """An event of raw progress; the digest is made of the name."""
    return {"digest": f"sha256:{name}", "name": name, **({"inputs": list(inputs)} if inputs else {}), **event}


def raw(*events: dict[str, Any]) -> str:
    """Raw progress with a line for each event."""
    return "".join(json.dumps({"vertexes": [event]}) + "\n" for event in events)


def at(seconds: float) -> str:
    """A time of raw progress."""
    return f"2026-11-24T06:34:{seconds:012.9f}Z"
