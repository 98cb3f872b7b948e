"""Cures of mounts: exact texts, and what is left alone."""

from __future__ import annotations

import pytest

from .conftest import FixText

LOCK = "mounts/apt-cache-mount-unlocked"


def text_of(fix_text: FixText, text: str, rule: str, **options: object) -> str:
    fixed = fix_text(text, rule, **options)
    assert fixed.settled and not fixed.withdrawn, fixed.withdrawn
    return str(fixed.texts.get("Dockerfile", text))


APT = "--mount=type=cache,target=/var/cache/apt"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"RUN {APT} apt-get update\n", f"RUN {APT},sharing=locked apt-get update\n"),
        (f'RUN {APT},"sharing=shared" apt update\n', f'RUN {APT},"sharing=locked" apt update\n'),
        (f"run {APT},sharing=shared apt update", f"run {APT},sharing=locked apt update"),
        (f"RUN {APT},SHARING=Shared,id=a apt update\n", f"RUN {APT},SHARING=locked,id=a apt update\n"),
        (
            f"RUN {APT} \\\r\n  --mount=type=cache,target=/var/lib/apt \\\r\n  apt-get update\r\n",
            f"RUN {APT},sharing=locked \\\r\n  --mount=type=cache,target=/var/lib/apt,sharing=locked \\\r\n"
            "  apt-get update\r\n",
        ),
        (f"RUN {APT} <<E\napt-get update\nE\n", f"RUN {APT},sharing=locked <<E\napt-get update\nE\n"),
    ],
)
def test_a_mount_for_apt_is_locked(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, "FROM a\n" + before, LOCK) == "FROM a\n" + after


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (f"{APT},sharing=locked apt-get update", "locked"),
        (f"{APT},sharing=private apt-get update", "each has its own"),
        (f"{APT},sharing=$S apt-get update", "a variable says how"),
        (f'{APT},"id=a,b" apt-get update', "a quoted field"),
        ("--mount=type=cache,target=/var/cache/apk apk add x", "not apt's"),
        (f"{APT} ls", "apt does not run"),
    ],
)
def test_mounts_for_apt_that_stay(run: str, why: str, fix_text: FixText) -> None:
    text = f"FROM a\nRUN {run}\n"
    assert text_of(fix_text, text, LOCK, unsafe=True) == text, why
