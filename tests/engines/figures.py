"""What a run against a real engine counted, a JSON line for each, in the file that DCACHE_FIGURES names."""

from __future__ import annotations

import datetime
import json
import os

from engines.world import Engine

# The BuildKit that a dockerd is made of (its vendor.mod); Debian's build of it does not say.
_BUILDKIT = {"28.5.2": "v0.25.2"}


def engine_name(engine: Engine) -> str:
    """The engine and its BuildKit with their versions, as the evidence names them."""
    version = engine.version().partition("+")[0]
    return f"dockerd {version}" + (f", BuildKit {_BUILDKIT[version]}" if version in _BUILDKIT else "")


def note(what: str, engine: str, repeat: str, **counts: int) -> None:
    """Append the figures of one run, with the command that repeats it; nothing where no file is named."""
    path = os.environ.get("DCACHE_FIGURES")
    if path:
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "engine": engine, "date": today, "repeat": repeat, **counts}) + "\n")
