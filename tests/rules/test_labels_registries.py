"""Rules that say nothing until settings tell them what is wanted; a .hadolint.yaml tells it, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dcache.cli.main import dcache
from dcache.config import forget

HADOLINT = """\
trustedRegistries: [docker.io, "*.example.com"]
label-schema:
  author: text
  contact: email
  created: rfc3339
  licence: spdx
  commit: hash
  release: semver
  home: url
strict-labels: true
"""
LABELS = (
    "author=me contact=me@example.com created=2026-01-31T12:00:00+01:00 licence=MIT commit=0123abc release=1.2.3-rc.1"
)


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".hadolint.yaml").write_text(HADOLINT)
    Path("dcache.toml").write_text(CliRunner().invoke(dcache, ["config", "--from-hadolint", ".hadolint.yaml"]).stdout)
    forget()


def found(text: str, *select: str) -> list[str]:
    Path("Dockerfile").write_text(text)
    chosen = [part for name in select for part in ("--select", name)]
    result = CliRunner().invoke(dcache, ["lint", *chosen, "--output-format", "concise", "Dockerfile"])
    assert result.exit_code in (0, 1), result.output
    return [line.partition(": ")[2] for line in result.stdout.splitlines() if line.startswith("Dockerfile:")]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ('author=""', "is empty"),
        ("contact=me", "is no address"),
        ("created=2026-01-31", "is no time of RFC 3339"),
        ("created=2026-13-31T12:00:00Z", "is no time of RFC 3339"),
        ("licence=Free", "is no SPDX licence"),
        ("commit=0123ABC", "is no git hash"),
        ("release=v1.2.3", "is no version of SemVer"),
        ("release=1.2", "is no version of SemVer"),
        ("home=example.com/a", "is no URL"),
    ],
)
def test_a_value_is_not_of_its_kind(label: str, code: str) -> None:
    assert [code in one for one in found(f"FROM a:1\nLABEL {label}\n", "labels/invalid-value")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        f"FROM a:1\nLABEL {LABELS} home=https://example.com/a?b#c\n",
        f'FROM a:1\nLABEL {LABELS} home="mailto:me@example.com"\n',
        f"FROM a:1 AS b\nLABEL {LABELS} home=a:b\nFROM c:1\nFROM b\n",
        f"FROM a:1\nLABEL {LABELS} home=$HOME\n",
        f"FROM a:1\nLABEL {LABELS} home=a:b\n".replace("=MIT", '="MIT OR (Apache-2.0 AND LicenseRef-x)"'),
        f"FROM a:1\nLABEL {LABELS} home=a:b\n".replace("0123abc", "0" * 40),
    ],
)
def test_labels_as_they_are_wanted(text: str) -> None:
    assert found(text, "labels") == []


def test_labels_that_are_missing_or_unknown() -> None:
    text = f"FROM a:1 AS b\nLABEL {LABELS}\nFROM c:1\nLABEL {LABELS} hmoe=a:b\n"
    assert [one.split(":")[0] for one in found(text, "labels")] == [
        "info labels/missing-label",
        "info labels/unknown-label",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FROM quay.io/a:1\n", 1),
        ("FROM a:1\nCOPY --from=ghcr.io/a:1 /a /a\nRUN --mount=from=ghcr.io/b:1,target=/b true\n", 2),
        ("FROM a:1\nFROM library/b:1\nFROM docker.io/c/d:1\n", 0),
        ("FROM x.example.com/a:1 AS b\nFROM b\nCOPY --from=b /a /a\nCOPY --from=0 /b /b\n", 0),
        ("FROM scratch\n", 0),
        ("ARG A\nFROM $A\n", 0),
    ],
)
def test_registries(text: str, count: int) -> None:
    assert len(found(text, "DL3026")) == count
