"""Manifests in TOML as tables: a file may hold anything, and what is no table is none."""

from __future__ import annotations

from ..typing import Any, TypeGuard, cast
from .files import Project


def toml(path: str, project: Project) -> dict[str, Any]:
    """The tables of a file, none where it cannot be read."""
    text = project.text(path)
    if text is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def table(data: Any, *keys: str) -> dict[str, Any] | None:
    """The table below some keys, None where there is none."""
    for key in keys:
        data = cast("dict[str, Any]", data).get(key) if isinstance(data, dict) else None
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None


def texts(value: object) -> list[str]:
    """The strings of a list, or the one string that stands for a list; nothing for anything else."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if _is_list(value) else []


def entries(value: object) -> list[object]:
    """The values of a table or of a list; nothing for anything else."""
    found = table(value)
    if found is not None:
        return list(found.values())
    return value if _is_list(value) else []


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)
