"""The cure of updates in a layer of their own, text by text."""

from __future__ import annotations

import pytest

from .conftest import FixText

RULE = "stale/update-in-own-layer"
HEAD = "FROM debian:12\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN apt-get update\nRUN apt-get install -y a", "RUN apt-get update && apt-get install -y a"),
        (
            "# the lists\nRUN apt-get -qq update\n\nENV A=b\nRUN apt-get install -y \\\n  # why\n  a && b\n",
            "\nENV A=b\nRUN apt-get -qq update && apt-get install -y \\\n  # why\n  a && b\n",
        ),
        (
            "run apk update\nrun apk add a\nrun apk add b \\\n\t&& c\n",
            "run apk update && apk add a\nrun apk update && apk add b \\\n\t&& c\n",
        ),
        ("RUN apt update\nRUN A=b apt install -y a\n", "RUN apt update && A=b apt install -y a\n"),
    ],
)
def test_the_update_moves_to_the_install(before: str, after: str, fix_text: FixText) -> None:
    for newline in ("\n", "\r\n"):
        text, wanted = ((HEAD + one).replace("\n", newline) for one in (before, after))
        fixed = fix_text(text, RULE)
        assert fixed.texts["Dockerfile"] == wanted
        assert not fixed.withdrawn and fixed.settled


@pytest.mark.parametrize(
    "text",
    [
        "RUN apt-get update\nCOPY a.list /etc/apt/sources.list.d/\nRUN apt-get install -y a\n",
        "RUN apt-get update\nRUN echo x > /etc/apt/sources.list\nRUN apt-get install -y a\n",
        "RUN apt-get update\nRUN echo x > /etc/apt/sources.list && apt-get install -y a\n",
        "RUN apt-get update\nCOPY a.deb /\nRUN apt-get install -y /a.deb && apt-get install -y a\n",
    ],
)
def test_what_may_change_the_lists_is_not_safe(text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, RULE).texts
    assert fix_text(HEAD + text, RULE, unsafe=True).texts


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("a program that is not known", "RUN apt-get update\nRUN ./setup.sh\nRUN apt-get install -y a\n"),
        ("a RUN that is not read", "RUN apt-get update\nRUN if (\nRUN apt-get install -y a\n"),
        ("another user", "RUN apt-get update\nUSER me\nRUN sudo apt-get install -y a\n"),
        ("another shell", 'RUN apt-get update\nSHELL ["bash", "-c"]\nRUN apt-get install -y a\n'),
        ("flags of the update", "RUN --network=host apt-get update\nRUN apt-get install -y a\n"),
        ("flags of the install", "RUN apt-get update\nRUN --network=none apt-get install -y a\n"),
        ("more than the update", "RUN apt-get update && mkdir /a\nRUN apt-get install -y a\n"),
        ("an update of two lines", "RUN apt-get \\\n  update\nRUN apt-get install -y a\n"),
        ("an update in a heredoc", "RUN <<E\napt-get update\nE\nRUN apt-get install -y a\n"),
        ("an install in a heredoc", "RUN apt-get update\nRUN <<E\napt-get install -y a\nE\n"),
        ("an install in quotes", 'RUN apt-get update\nRUN bash -c "apt-get install -y a"\n'),
        ("an install in a condition", "RUN apt-get update\nRUN if a; then apt-get install -y a; fi\n"),
        ("an install in a pipe", "RUN apt-get update\nRUN apt-get install -y a | tee log\n"),
        ("a failed update would go unseen", "RUN apt-get update\nRUN apt-get install -y a; b\n"),
        ("another stage", "RUN apt-get update\nFROM debian:12 AS b\nRUN apt-get install -y a\n"),
        ("a child of the stage", "FROM debian:12 AS a\nRUN apt-get update\nFROM a\nRUN apt-get install -y a\n"),
        ("nothing is installed", "RUN apt-get update\n"),
    ],
)
def test_updates_that_stay(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, RULE, unsafe=True).texts, why
