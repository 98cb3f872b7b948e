"""Go's path.Match: tables after the ideas of its own tests (src/path/match_test.go)."""

import time

import pytest

from dcache.analyzer.context import ContextError, has_wildcard, match
from dcache.analyzer.context.match import clean, crosses_slashes, inside, split_wildcard

MATCHING = [
    ("abc", "abc"),
    ("*", "abc"),
    ("*", ""),
    ("*c", "abc"),
    ("a*", "a"),
    ("a*/b", "abc/b"),
    ("a*b*c*d*e*/f", "axbxcxdxe/f"),
    ("a*b*c*d*e*/f", "axbxcxdxexxx/f"),
    ("a*b?c*x", "abxbbxdbxebxczzx"),
    ("ab[c]", "abc"),
    ("ab[b-d]", "abc"),
    ("ab[^e-g]", "abc"),
    (r"a\*b", "a*b"),
    ("a?b", "a☺b"),
    ("a[^a]b", "a☺b"),
    ("[a-ζ]*", "β"),
    (r"[\]a]", "]"),
    (r"[\-]", "-"),
    (r"[x\-]", "-"),
    (r"[\-x]", "x"),
    ("*x", "xxx"),
    ("[a]*", "ab"),
    ("**", "abc"),
    ("a**b", "axb"),
    ("[*]", "*"),
    ("[?]", "?"),
    ("a[^b]c", "a/c"),  # Go's classes do not stop at slashes
    ("", ""),
]
DIFFERENT = [
    ("abc", "ab"),
    ("a*", "ab/c"),
    ("a*/b", "a/c/b"),
    ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f"),
    ("a*b*c*d*e*/f", "axbxcxdxexxx/fff"),
    ("a*b?c*x", "abxbbxdbxebxczzy"),
    ("ab[e-g]", "abc"),
    ("ab[^c]", "abc"),
    (r"a\*b", "ab"),
    ("a???b", "a☺b"),
    ("a[^a][^a][^a]b", "a☺b"),
    ("*[a-ζ]", "A"),
    ("a?b", "a/b"),
    ("a*b", "a/b"),
    (r"[x\-]", "z"),
    ("[z-a]", "m"),
    ("", "a"),
    ("?", ""),
    ("a", "a\n"),
]
MALFORMED = [
    "[]a]",
    "[-]",
    "[x-]",
    "[-x]",
    "\\",
    "[a-b-c]",
    "[",
    "[^",
    "[^bc",
    "a[",
    "a\\",
    "[a\\",
    "*[",
    "b*[a",
    "[\udc80]",
]


@pytest.mark.parametrize(("pattern", "name"), MATCHING)
def test_matches(pattern: str, name: str) -> None:
    assert match(pattern, name)


@pytest.mark.parametrize(("pattern", "name"), DIFFERENT)
def test_does_not_match(pattern: str, name: str) -> None:
    assert not match(pattern, name)


@pytest.mark.parametrize("pattern", MALFORMED)
def test_malformed(pattern: str) -> None:
    with pytest.raises(ContextError, match="malformed pattern"):
        match(pattern, "a")


def test_names_that_are_not_utf8() -> None:
    assert match("a?", "a\udcff") and match("a[^b]", "a\udcff") and not match("a[b-z]", "a\udcff")


@pytest.mark.parametrize("path", ["a*", "a?", "[a]", "d/*/x", "\\\\*"])
def test_wildcard(path: str) -> None:
    assert has_wildcard(path)


@pytest.mark.parametrize("path", ["a", "a]", r"a\*", r"\[x", r"d\?", "", "a\\"])
def test_no_wildcard(path: str) -> None:
    assert not has_wildcard(path)


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("", "."),
        ("a//b/./c/", "a/b/c"),
        ("../a", "../a"),
        ("/../a", "/a"),
        ("a/../..", ".."),
        ("/", "/"),
        ("a/..", "."),
    ],
)
def test_clean(path: str, cleaned: str) -> None:
    assert clean(path) == cleaned


@pytest.mark.parametrize(
    ("path", "place"), [(".", ""), ("/", ""), ("../../a", "a"), ("d/", "d"), ("./a", "a"), ("", "")]
)
def test_inside(path: str, place: str) -> None:
    assert inside(path) == place


@pytest.mark.parametrize(
    ("path", "split"),
    [("a/b*/c", ("a", "b*/c")), ("*.py", ("", "*.py")), ("a/b", ("a/b", "")), ("a/[x]", ("a", "[x]"))],
)
def test_split(path: str, split: tuple[str, str]) -> None:
    assert split_wildcard(path) == split


@pytest.mark.parametrize(
    ("pattern", "across"), [("a[^b]c", True), (r"a\/b", True), ("a/[b]", False), ("a[/]b", True), ("[a-z]*", False)]
)
def test_classes_may_cross_slashes(pattern: str, across: bool) -> None:
    assert crosses_slashes(pattern) is across


def test_no_pattern_is_slow() -> None:
    start = time.process_time()
    assert not match("a*" * 60 + "b", "a" * 2000)
    assert not match("*a?" * 40 + "b", "a" * 2000)
    assert time.process_time() - start < 1
