"""Settings as people read them, and as a dcache.toml holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..analyzer.typing import Any
from ..config import Config


def setting_lines(config: Config) -> Iterator[str]:
    """A line of TOML for each setting, behind it where it comes from; what is not set is a comment."""
    for key, value in config.values.items():
        said = f"# {key} = the directory of each Dockerfile" if value is None else f"{key} = {toml(value)}"
        yield f"{said}  # {config.origins.get(key, 'default')}"


def toml(value: Any) -> str:
    """A value as TOML writes it behind a key, on one line."""
    if hasattr(value, "items"):
        pairs = ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {toml(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
