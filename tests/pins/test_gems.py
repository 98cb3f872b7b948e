"""Versions of gems: what gem would install, from sources that a test makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dcache.pins import gems
from dcache.pins.http import Unresolved

from .serving import Reply, Server, client

GEM = """created_at: x
---
1.0.0 |checksum:ab
7.9.0 a:>= 1|checksum:ab,ruby:>= 3.1.0
7.10.0 |checksum:ab,ruby:>= 3.2.0
8.0.0 |checksum:ab,ruby:>= 3.3.0&< 4.1,rubygems:>= 1.8
8.1.0-java |checksum:ab
8.2.0-x86_64-linux |checksum:ab,ruby:>= 3.4&< 4
9.0.0.rc1 |checksum:ab
"""


@pytest.mark.parametrize(
    ("version", "wanted"), [("3.3", "8.0.0"), ("3.4", "8.2.0"), ("3.2.4", "7.10.0"), ("3.1", "7.9.0"), ("2.7", "1.0.0")]
)
def test_gem_takes_the_newest_release_for_a_ruby(version: str, wanted: str, server: Server) -> None:
    server.add("/info/a", GEM)
    assert gems.candidate("a", version, client(), [server.url]) == wanted


def test_gem_as_of_a_day(server: Server) -> None:
    fixed = {"platform": "ruby", "ruby_version": ">= 0"}
    rows = [{**fixed, "number": f"{one}.0", "created_at": f"2025-0{one}-01T00:00:00Z"} for one in (3, 2, 1)]
    server.add("/api/v1/versions/a.json", json.dumps(rows))
    assert gems.candidate("a", "3.3", client(), [server.url], "2025-02-20") == "2.0"
    with pytest.raises(Unresolved, match=r"`a` has no release of 2024-01-01 or before for Ruby 3\.3"):
        gems.candidate("a", "3.3", client(), [server.url], "2024-01-01")
    with pytest.raises(Unresolved, match="does not tell when `b` was published"):
        gems.candidate("b", "3.3", client(), [server.url], "2024-01-01")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 404), "`a` is in no source of gems"),
        (Reply(b"", 401), "answered 401"),
        (Reply(b"", 403), "answered 403"),
        (Reply(b"", 429), "answered 429"),
        (Reply(b"", 500), "answered 500"),
        (Reply(b"<html>"), "is no index of gems"),
        (Reply(b"---\n2.0 |ruby:>= 9\n"), "`a` has no release for Ruby 3.3"),
        (Reply(b"---\n"), "`a` is in no source of gems"),
    ],
)
def test_failing_sources_of_gems(reply: Reply, told: str, server: Server) -> None:
    server.add("/info/a", reply)
    with pytest.raises(Unresolved, match=told):
        gems.candidate("a", "3.3", client(), [server.url])


@pytest.mark.parametrize("body", ["{", "{}", "[1]", '[{"number": "1"}]'])
def test_odd_days_of_gems(body: str, server: Server) -> None:
    server.add("/api/v1/versions/a.json", body)
    with pytest.raises(Unresolved):
        gems.candidate("a", "3.3", client(), [server.url], "2025-01-01")


@pytest.mark.parametrize(
    ("version", "conditions", "met"),
    [
        ("3.3", "", True), ("3.3", ">= 3.3.0", True), ("3.3", "~> 3.1", True), ("3.3", "~> 3.2.0", False),
        ("3.3", ">= 2.7&< 3.3", False), ("3.3", ">= 2.7&< 4.dev", True), ("3.3.1", "= 3.3.1", True),
        ("3.3.1", "!= 3.3.1", False), ("3.3", "<= 3.2", False), ("3.3", "> 3.3", True), ("3.3", "nonsense", False),
        ("3.3", "~> 3", True),
    ],
)  # fmt: skip
def test_conditions(version: str, conditions: str, met: bool) -> None:
    assert gems.meets(version, conditions) is met


def test_sources_of_gem(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    if not Path("/etc/gemrc").exists():
        assert gems.own_sources() == ()
    (home / ".gemrc").write_text(":sources:\n- https://one.invalid\n- https://two.invalid\n:verbose: true\n")
    assert gems.own_sources() == ("https://one.invalid", "https://two.invalid")
    (home / ".gemrc").write_text("a: [")
    with pytest.raises(Unresolved, match="is not YAML"):
        gems.own_sources()
    with pytest.raises(Unresolved, match="no source of gems is known; give it, as `--gem-source URL`"):
        gems.candidate("a", "3.3", client(), ())
