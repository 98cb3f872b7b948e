"""Snapshots of Debian's archive: where they are set, what is left alone, and what the line does to a real file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dcache.analyzer.pins import KINDS, Key, Lock, Pin

from .test_wants import pinned, wants

LOCK = Lock({Key("snapshot", "debian"): Pin("20260131T000000Z", "2026-01-31")})
SOURCES = """\
Types: deb
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
# http://snapshot.debian.org/archive/debian-security/20250520T000000Z
URIs: http://mirror.invalid/debian-security
Suites: bookworm-security
"""


def test_it_stands_above_the_first_call_of_apt() -> None:
    after = pinned(
        "FROM debian:12\nRUN true\n\n# why\nRUN apt-get update\nRUN apt-get install -y curl\n", LOCK, kinds=KINDS
    )
    rows = after.splitlines()
    assert rows[:3] == ["FROM debian:12", "RUN true", ""] and rows[4:] == [
        "# why", "RUN apt-get update", "RUN apt-get install -y curl",
    ]  # fmt: skip
    assert rows[3].startswith("RUN grep -q ") and "\\120260131T000000Z|" in rows[3]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FROM debian:12 AS a\nRUN apt-get update\nFROM a\nRUN apt-get update\nRUN apt-get install -y jq\n", 1),
        ("FROM debian:12 AS a\nFROM a\nRUN apt-get update\nFROM debian:13\nRUN apt update\n", 2),
        ("FROM python:3.12-slim-bookworm\r\nRUN apt-get update\r\n", 1),
        ("FROM debian:12\nRUN apt-get remove -y x && dpkg -l\n", 0),
        ("FROM alpine:3.20\nRUN apk add curl\n", 0),
        ("FROM debian:12\nRUN repro http://snapshot.invalid/ > /etc/apt/sources.list\nRUN apt-get update\n", 0),
    ],
)
def test_how_often(text: str, count: int) -> None:
    after = pinned(text, LOCK, kinds=KINDS)
    assert after.count("http://snapshot.*/") == count
    assert ("\r\n" in text) == ("Z|' /etc/apt/sources.list.d/debian.sources" in after and "99snapshot\r\n" in after)
    assert pinned(after, LOCK, kinds=KINDS) == after
    assert not [one for one in wants(after) if one.key.kind == "apt" and count], "the archive is pinned as a whole"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM debian:11\nRUN apt-get update\n", "only images of Debian 12 and newer name their snapshot"),
        ("FROM me/mine\nRUN apt-get update\n", "only images of Debian 12 and newer name their snapshot"),
        ("FROM ubuntu:24.04\nRUN apt-get update\n", "images of ubuntu/noble name no snapshot"),
        ("FROM debian:12\nCOPY a /etc/apt/sources.list\nRUN apt-get update\n", "line 2 may set the sources"),
    ],
)
def test_where_it_cannot_be_set(text: str, why: str) -> None:
    found = [one for one in wants(text, kinds=KINDS) if one.key.kind == "snapshot"]
    assert found and why in found[0].refusal
    assert pinned(text, LOCK, kinds=KINDS) == text


def test_what_the_line_does(tmp_path: Path) -> None:
    row = pinned("FROM debian:12\nRUN apt-get update\n", LOCK, kinds=KINDS).splitlines()[1].removeprefix("RUN ")
    here = row.replace("/etc/apt/sources.list.d/debian.sources", "sources").replace("/etc/apt/apt.conf.d/", "")
    for text, status in ((SOURCES, 0), (SOURCES.replace("# http", "http"), 1)):
        (tmp_path / "sources").write_text(text)
        assert subprocess.run(["sh", "-c", here], cwd=tmp_path, check=False).returncode == status
        if status:
            assert (tmp_path / "sources").read_text() == text, "an image without that comment is told by a failing step"
            continue
        after = (tmp_path / "sources").read_text().splitlines()
        assert [line for line in after if line.startswith("URIs:")] == [
            "URIs: http://snapshot.debian.org/archive/debian/20260131T000000Z",
            "URIs: http://snapshot.debian.org/archive/debian-security/20260131T000000Z",
        ]  # fmt: skip
        assert (tmp_path / "99snapshot").read_text() == 'Acquire::Check-Valid-Until "false";\n'


def test_a_snapshot_moves_on() -> None:
    from dcache.analyzer.source import apply_edits
    from dcache.fixers.wants import edits

    once = pinned("FROM debian:12\nRUN apt-get update\n", LOCK, kinds=KINDS)
    newer = Lock({Key("snapshot", "debian"): Pin("20260228T000000Z", "2026-02-28")})
    held = wants(once, LOCK, kinds=KINDS)
    assert [one.held for one in held if one.key.kind == "snapshot"] == ["20260131T000000Z"]
    assert apply_edits(once, edits(held, newer, once)) == once.replace("20260131T", "20260228T")
