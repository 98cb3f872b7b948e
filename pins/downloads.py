"""Files: the checksum of what lies at an address now."""

from __future__ import annotations

from .http import Client, Unresolved


def checksum(url: str, client: Client, date: str | None = None) -> str:
    """`sha256:` and the digest of the file at an address; Unresolved. A server does not tell what it had before."""
    if date is not None:
        raise Unresolved("a server does not tell what it sent on another day; pin it without --date")
    return f"sha256:{client.sha256(url)}"
