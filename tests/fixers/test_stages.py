"""Cures of stages and of copies between them, and of the order of names: exact texts, and what is left alone."""

from __future__ import annotations

import pytest

from .conftest import FixText

UNUSED = "stages/unused-stage"
LINK = "stages/link-without-effect"
HELPS = "stages/copy-link-helps"
SORTED = "reproducibility/unsorted-packages"


def text_of(fix_text: FixText, text: str, rule: str, **options: object) -> str:
    fixed = fix_text(text, rule, **options)
    assert fixed.settled and not fixed.withdrawn, fixed.withdrawn
    return str(fixed.texts.get("Dockerfile", text))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a\nCOPY --link --chmod=755 x /x\n", "FROM a\nCOPY --chmod=755 x /x\n"),
        ("FROM a\ncopy --chmod=755 --link x /x", "FROM a\ncopy --chmod=755 x /x"),
        ("FROM a\r\nADD\t--link\t--chmod=1 x /x\r\n", "FROM a\r\nADD\t--chmod=1 x /x\r\n"),
        (
            "FROM a\nCOPY \\\n  --link \\\n  # the mode\n  --chmod=755 \\\n  x /x\n",
            "FROM a\nCOPY \\\n  # the mode\n  --chmod=755 \\\n  x /x\n",
        ),
        ("# escape=`\nFROM a\nCOPY --link --chmod=755 `\n x /x\n", "# escape=`\nFROM a\nCOPY --chmod=755 `\n x /x\n"),
        ("FROM a\nCOPY --link --chmod=7 <<E /x\nhi --link\nE\n", "FROM a\nCOPY --chmod=7 <<E /x\nhi --link\nE\n"),
    ],
)
def test_a_link_beside_a_mode_goes(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, LINK) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM x\nRUN a\nFROM y\nRUN b\n", "FROM y\nRUN b\n"),
        (
            "ARG V=1\n# first\nFROM x:$V\n# runs\nRUN a \\\n  # in it\n  && b\n\n\n# second\nFROM y\nRUN b",
            "ARG V=1\n# second\nFROM y\nRUN b",
        ),
        ("FROM x\nRUN <<E\nFROM y\nE\nFROM z\nRUN b\n", "FROM z\nRUN b\n"),
        ("FROM a AS k\nRUN a\n\nFROM x\nRUN a\n\nFROM k\nRUN b\n", "FROM a AS k\nRUN a\n\nFROM k\nRUN b\n"),
        ("FROM x\r\nRUN a\r\n\r\nFROM y\r\nRUN b\r\n", "FROM y\r\nRUN b\r\n"),
    ],
)
def test_a_stage_that_nothing_needs_goes(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, UNUSED, unsafe=True) == after
    assert text_of(fix_text, before, UNUSED) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM x AS tests\nRUN a\nFROM y\n", "it may be built with --target"),
        ("FROM x\nRUN a\nFROM y AS b\nRUN b\nFROM z\nCOPY --from=1 /b /b\n", "numbers would change"),
        ("FROM x\nRUN a\nFROM y AS b\nRUN b\nFROM z\nRUN --mount=from=1,target=/b c\n", "numbers would change"),
        ("ARG B=x\nFROM x\nRUN a\nFROM $B\nRUN b\n", "a variable may choose it"),
        ("FROM x AS b\nRUN a\nFROM z\nCOPY --from=b /b /b\n", "it is used"),
        ("FROM x AS b\nRUN a\nFROM b\n", "it is used"),
        ("FROM x\nRUN a\n", "it is the only one"),
    ],
)
def test_stages_that_stay(text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text, UNUSED, unsafe=True) == text, why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY --from=web /d /app/d", "COPY --link --from=web /d /app/d"),
        ("copy --from=web \\\n  /d /app/d", "copy --link --from=web \\\n  /d /app/d"),
        ("COPY \\\n  --from=web /d /app/d", "COPY --link \\\n  --from=web /d /app/d"),
    ],
)
def test_a_copy_is_linked(before: str, after: str, fix_text: FixText) -> None:
    head = "FROM n AS web\nRUN b\nFROM p\nCOPY . /app\n"
    assert text_of(fix_text, head + before, HELPS, unsafe=True) == head + after
    assert text_of(fix_text, head + before, HELPS) == head + before


@pytest.mark.parametrize(
    ("syntax", "is_fixed"),
    [
        ("docker/dockerfile:1", True),
        ("docker/dockerfile", True),
        ("docker.io/docker/dockerfile:1-labs", True),
        ("docker/dockerfile:1.4", True),
        ("docker/dockerfile:1.17.1", True),
        ("docker/dockerfile:1@sha256:" + "a" * 64, True),
        ("docker/dockerfile:1.3", False),
        ("docker/dockerfile:1.2.1", False),
        ("docker/dockerfile:experimental", False),
        ("example.com/own/frontend", False),
    ],
)
def test_the_frontend_must_know_the_flag(syntax: str, is_fixed: bool, fix_text: FixText) -> None:
    text = f"# syntax={syntax}\nFROM n AS web\nRUN b\nFROM p\nCOPY . /app\nCOPY --from=web /d /app/d\n"
    assert (text_of(fix_text, text, HELPS, unsafe=True) != text) is is_fixed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "RUN apk add --no-cache \\\n  zip \\\n  bash \\\n  git \\\n  curl \\\n  jq && ls\n",
            "RUN apk add --no-cache \\\n  bash \\\n  curl \\\n  git \\\n  jq \\\n  zip && ls\n",
        ),
        (
            "RUN apk add \\\r\n\tb \\\r\n\ta=1 \\\r\n\t'c>2' \\\r\n\td \\\r\n\te\r\n",
            "RUN apk add \\\r\n\ta=1 \\\r\n\tb \\\r\n\t'c>2' \\\r\n\td \\\r\n\te\r\n",
        ),
        (
            "RUN <<E\napt-get install -y \\\n  z \\\n  a \\\n  c \\\n  d \\\n  e\nE\n",
            "RUN <<E\napt-get install -y \\\n  a \\\n  c \\\n  d \\\n  e \\\n  z\nE\n",
        ),
        (
            "RUN apt-get install -y \\\n  z \\\n  $X \\\n  a \\\n  c \\\n  d \\\n  e",
            "RUN apt-get install -y \\\n  a \\\n  $X \\\n  c \\\n  d \\\n  e \\\n  z",
        ),
    ],
)
def test_names_are_sorted_in_their_places(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, "FROM a\n" + before, SORTED, unsafe=True) == "FROM a\n" + after
    assert text_of(fix_text, "FROM a\n" + before, SORTED) == "FROM a\n" + before


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("apk add \\\n z \\\n a \\\n # why b\n b \\\n c \\\n d", "a comment belongs to a name"),
        ("apk add z a b c d", "one row"),
        ("apk add \\\n a \\\n b \\\n c \\\n d \\\n e", "sorted"),
        ("sh -c 'apk add \\\n z \\\n a \\\n c \\\n d \\\n e'", "words without a place"),
        ("apk add \\\n z \\\n a", "a short list"),
    ],
)
def test_lists_that_stay(run: str, why: str, fix_text: FixText) -> None:
    text = f"FROM a\nRUN {run}\n"
    assert text_of(fix_text, text, SORTED, unsafe=True) == text, why
