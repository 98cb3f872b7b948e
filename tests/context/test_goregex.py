"""The two ways to match an expression agree, and both agree with Python's engine where the syntax is shared."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcache.analyzer.context.charsets import holds, inverse, normal, written
from dcache.analyzer.context.goregex import parse, python, searches

PARTS = st.sampled_from(
    [
        "a",
        "b",
        "/",
        r"\.",
        "[^/]*",
        "(.*/)?",
        ".*",
        "[^/]",
        "[ab]",
        "[^a]",
        "a{2}",
        "[a-b]{1,2}",
        "a{1,}",
        r"\d",
        "|",
        r"\b",
    ]
)
TEXTS = st.text(alphabet="ab/.1\n", max_size=10)


@given(st.lists(PARTS, max_size=6).map("".join), TEXTS)
def test_agreement(inner: str, text: str) -> None:
    source = f"^{inner}$"
    try:
        alternatives = parse(source)
    except ValueError:
        return
    shared = re.compile(source.replace("$", r"\Z"), re.ASCII)
    assert searches(alternatives, text) is (shared.search(text) is not None)
    quick = python(alternatives[0]) if len(alternatives) == 1 else None
    if quick is not None and "\n" not in text:
        assert (re.match(quick, text) is not None) is searches(alternatives, text)


@pytest.mark.parametrize(
    ("source", "texts", "others"),
    [
        (r"^\x41\101\a$", ["AA\a"], ["A"]),
        (r"^\x{263A}$", ["☺"], ["a"]),
        ("^[[:alpha:]_]$", ["a", "_"], ["1"]),
        ("^[[:^alpha:]]$", ["1"], ["a"]),
        (r"^[\d-]$", ["1", "-"], ["a"]),
        (r"^[\D]$", ["a"], ["1"]),
        ("^[]a]$", ["]", "a"], ["b"]),
        ("^[a-]$", ["a", "-"], ["b"]),
        ("^{x}$", ["{x}"], ["x"]),
        ("^a{,2}$", ["a{,2}"], ["aa"]),
        (r"^\Qa.b\E.*$", ["a.bc"], ["axb"]),
        (r"^a\Bb$", ["ab"], ["a b"]),
        (r"^a\z$", ["a"], ["ab"]),
        ("^a|b$", ["ax", "xb"], ["xa"]),
        (r"^\s$", [" ", "\t"], ["\v"]),
    ],
)
def test_go_syntax(source: str, texts: list[str], others: list[str]) -> None:
    alternatives = parse(source)
    assert all(searches(alternatives, text) for text in texts)
    assert not any(searches(alternatives, text) for text in others)


@pytest.mark.parametrize(
    "source", [r"^\y$", r"^\1$", r"^[b-a]$", "^[a$", "^a{2}{2}$", "^a|{2}$", "^a{1001}$", "^a{3,2}$", "^\\"]
)
def test_refused(source: str) -> None:
    with pytest.raises(ValueError):
        parse(source)


RANGES = st.lists(st.tuples(st.integers(30, 130), st.integers(30, 130)), max_size=4)


@given(RANGES, st.integers(30, 130).map(chr))
def test_sets(ranges: list[tuple[int, int]], character: str) -> None:
    members = normal(ranges)
    inside = any(low <= ord(character) <= high for low, high in ranges)
    assert holds(members, character) is inside is not holds(inverse(members), character)
    assert (re.fullmatch(written(members), character) is not None) is inside
