"""Parts of JSON documents that others wrote: what is asked for, or nothing of that kind."""

from __future__ import annotations

from collections.abc import Iterable

from ..typing import Any, cast


def table(value: object, *keys: str) -> dict[str, Any]:
    """The object that the keys lead to from a value, an empty one where they lead to none."""
    for key in keys:
        value = table(value).get(key)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def rows(value: object) -> list[Any]:
    """The array that a value is, an empty one where it is none."""
    return list(cast(Iterable[Any], value)) if isinstance(value, list) else []


def text(value: object) -> str:
    """The string that a value is, an empty one where it is none."""
    return value if isinstance(value, str) else ""
