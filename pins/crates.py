"""Crates: the version that `cargo install NAME` would take, from the sparse index that cargo is configured with."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping

from ..analyzer.typing import Any
from .clients import settings_text
from .gems import meets
from .http import Client, Unresolved, shown, split_login
from .versions import newest


def candidate(name: str, version: str | None, client: Client, index: str | None, date: str | None = None) -> str:
    """The newest release of a crate that is not yanked and goes with a version of Rust, if one is given; Unresolved."""
    if index is None:
        raise Unresolved("no sparse index of cargo is known; give it, as `--cargo-index URL`")
    address, login = split_login(index.removeprefix("sparse+"))
    url = f"{address.rstrip('/')}/{_place(name.lower())}"
    answer = client.get(url, auth=login, also=frozenset({404, 410, 451}))
    if answer.status != 200:
        raise Unresolved(f"`{name}` is not in {shown(address)}; check the name")
    rows = list(_rows(answer.body, url))
    if date is not None and not any(row.get("pubtime") for row in rows):
        raise Unresolved(f"{shown(address)} does not tell when `{name}` was published, so --date cannot be kept")
    found = newest(
        row["vers"].partition("+")[0]
        for row in rows
        if not row.get("yanked")
        and (version is None or not row.get("rust_version") or meets(version, f">= {row['rust_version']}"))
        and (date is None or str(row.get("pubtime") or "9999")[:10] <= date)
    )
    if found is None:
        rust = f" for Rust {version}" if version else ""
        day = f" of {date} or before" if date else ""
        raise Unresolved(f"`{name}` has no release{day}{rust} in {shown(address)}")
    return found


def _rows(body: bytes, url: str) -> Iterator[Mapping[str, Any]]:
    try:
        for line in body.splitlines():
            if line.strip():
                row: Any = json.loads(line)
                assert isinstance(row["vers"], str)
                yield row
    except (ValueError, KeyError, TypeError, AssertionError):
        raise Unresolved(f"{shown(url)} answered with something that is no index of crates") from None


def _place(name: str) -> str:
    """Where a crate stands in an index (doc.rust-lang.org/cargo/reference/registry-index.html#index-files)."""
    if len(name) < 3:
        return f"{len(name)}/{name}"
    if len(name) == 3:
        return f"3/{name[0]}/{name}"
    return f"{name[:2]}/{name[2:4]}/{name}"


def own_index() -> str | None:
    """The sparse index that cargo on this machine has in the place of its own; None where it is told of none.

    Its own is written in cargo itself, which does not tell.
    """
    home = os.environ.get("CARGO_HOME") or os.path.join(os.path.expanduser("~"), ".cargo")
    for name in ("config.toml", "config"):
        path = os.path.join(home, name)
        text = settings_text(path)
        if text is None:
            continue
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            raise Unresolved(f"{path} is not TOML; mend it, or give --cargo-index URL") from None
        return _replaced(table)
    return None


def _replaced(table: Mapping[str, Any]) -> str | None:
    """What stands in for the source `crates-io`, as far as it is a sparse index."""
    sources = table.get("source", {})
    name, seen = "crates-io", set[str]()
    while name not in seen:
        seen.add(name)
        source = sources.get(name, {})
        if "replace-with" not in source:
            address = source.get("registry") or table.get("registries", {}).get(name, {}).get("index")
            return address if isinstance(address, str) and address.startswith("sparse+") else None
        name = str(source["replace-with"])
    return None
