"""Ignore files: the ideas of moby/patternmatcher's tests, and what fsutil's walk sends (cases c14 to c14h)."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcache.analyzer.context import ContextError, read_ignore
from dcache.analyzer.context.ignore import Sent
from dcache.analyzer.context.patterns import Patterns

MATCHING = [
    ("**", "file"),
    ("**/", "file"),
    ("**", "dir/file"),
    ("**/**", "dir/file"),
    ("dir/**", "dir/file"),
    ("dir/**", "dir/dir2/file"),
    ("**/dir", "dir"),
    ("**/dir", "dir/file"),
    ("**/dir2/*", "dir/dir2/file"),
    ("**/dir2/**", "dir/dir2/dir3/file"),
    ("**file", "file"),
    ("**file", "dir/dir/file"),
    ("**/file", "dir/dir/file"),
    ("**/file*", "dir/dir/file.txt"),
    ("**/file*txt", "dir/dir/file.txt"),
    ("**/file*.txt*", "dir/dir/file.txt"),
    ("**/**/*.txt", "dir/dir/file.txt"),
    ("**/*.txt", "file.txt"),
    ("**/**/*.txt", "file.txt"),
    ("a**/*.txt", "a/dir/dir/file.txt"),
    ("a**/*.txt", "a/file.txt"),
    ("a/*.txt", "a/file.txt"),
    ("a/*.txt**", "a/file.txt"),
    ("a[b-d]e", "ace"),
    ("a[^b-d]e", "aze"),
    (".*", ".foo"),
    ("abc.def", "abc.def"),
    ("abc?def", "abcZdef"),
    ("a\\\\", "a\\"),
    ("**/foo/bar", "foo/bar"),
    ("**/foo/bar", "dir/dir2/foo/bar"),
    ("abc/**", "abc/def/ghi"),
    ("**/.foo", ".foo"),
    ("a(b)c/def", "a(b)c/def"),
    ("a.|)$(}+{bc", "a.|)$(}+{bc"),
    ("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl"),
    (r"a\*b", "a*b"),
    ("a*", "ab/c"),  # a parent matches
    ("a?b", "a☺b"),
    ("node_modules", "node_modules/x/y"),
    ("*", "a/b/c"),
    ("*/b", "a/b/c"),
    ("a b", "a b"),
    ("x/**/y", "x/y"),
    ("x/**/y", "x/a/b/y"),
    ("**/a/**/b/**/c", "1/a/2/b/3/4/c"),
    ("*a*b*c*d", "xaxbxcxd"),
    ("a|b*", "axx"),  # `|` is not escaped: either a prefix `a` or `b*`
    ("x{2}*", "xxy"),  # nor is `{`: two x
    (r"v\d*", "v12"),
    ("[[:digit:]]*", "12"),
    (r"\Qab*", "ab[^/]*$"),  # `\Q` quotes the regular expression that the rest was turned into
]
DIFFERENT = [
    ("**/**/*.txt2", "dir/dir/file.txt"),
    ("a/*.txt", "a/dir/file.txt"),
    ("a[b-d]e", "ae"),
    ("a[b-d]e", "aae"),
    (".*", "foo"),
    ("abc.def", "abcZdef"),
    ("abc?def", "abcdef"),
    ("abc/**", "abc"),
    ("**/.foo", "bar.foo"),
    ("a(b)c/def", "a(b)c/xyz"),
    ("a?b", "a/b"),
    ("a*b", "a/b"),
    ("[x\\-]", "z"),
    ("dir2", "dir/dir2"),  # no `**/`: only at the root
    ("*.log", "a/b.log"),
    ("foo", "foobar"),
    ("foo/", "foobar"),
    ("x/**/y", "x/ay"),
    ("**/y", "xy"),
    ("x{2}*", "xy"),
    (".", "a"),
    ("/", "a"),
    ("a^b*", "a^bc"),  # `^` is not escaped either, and never holds there
    (r"obj\bin", "objbin"),
    ("[?]", "?"),  # becomes a class that ends early
    ("**/*.txt", "a\nb/c.txt"),  # `.` takes no newline
]
INVALID = [
    "!",
    "! ",
    "[",
    "a[",
    "[]a]",
    "[x-]",
    "\\",
    "a\\",
    "[a-*]",
    "src\\public",
    "[^",
    "a{2}{3}*",
    "x\\y",
    "[[:nope:]]x",
]


@pytest.mark.parametrize(("pattern", "path"), MATCHING)
def test_matches(pattern: str, path: str) -> None:
    assert read_ignore(pattern).excluded(path)
    assert Patterns([pattern]).step(path)[0]


@pytest.mark.parametrize(("pattern", "path"), DIFFERENT)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not read_ignore(pattern).excluded(path)
    assert not Patterns([pattern]).step(path)[0]


@pytest.mark.parametrize(
    ("patterns", "path", "excluded"),
    [
        (["!a.go", "*.go"], "a.go", True),
        (["*.go", "!a.go"], "a.go", False),
        (["docs", "!docs/README.md"], "docs/README.md", False),
        (["docs/", "!docs/README.md"], "docs/README.md", False),
        (["docs/*", "!docs/README.md"], "docs/README.md", False),
        (["docs", "!docs/README.md"], "docs/other", True),
        (["**", "!util/docker/web"], "util/docker/web/foo", False),
        (["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", True),
        (["**", "!dist/*.whl"], "dist/a+b.whl", False),
        (["*", "!src"], "src/a/b", False),
        (["*", "!src", "src/a"], "src/a/b", True),
        (["!a", "a"], "a", True),
        (["d", "!d/x", "d"], "d/x", False),
        (["d", "!d/x", "*"], "d/x", False),  # a pattern that was not looked at for `d` is not remembered for it
        ([], "any/path", False),
    ],
)
def test_order(patterns: list[str], path: str, excluded: bool) -> None:
    assert read_ignore("\n".join(patterns)).excluded(path) is excluded


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("test1\n/test2\n/a/file/here\n\nlastfile\n# this is a comment\n! /inverted/abs/path\n",
         ("test1", "test2", "a/file/here", "lastfile", "!inverted/abs/path")),
        ("\ufeffa\n", ("a",)),
        ("#a\n #b\n\\#c\n", ("#b", "\\#c")),
        ("a\r\nb\r\n", ("a", "b")),
        ("  a  \n\t!  b \n\u00a0c\u2003", ("a", "!b", "c")),
        ("./a/../b//c/\n/\n.\n..", ("b/c", "/", ".", "..")),
        ("!!a", ("!!a",)),
        ("", ()),
        ("a\x1cb\n", ("a\x1cb",)),
    ],
)  # fmt: skip
def test_reading(text: str, patterns: tuple[str, ...]) -> None:
    assert read_ignore(text).patterns == patterns


@pytest.mark.parametrize("pattern", INVALID)
def test_invalid_patterns_name_their_line(pattern: str) -> None:
    with pytest.raises(ContextError, match=r"^line 2: malformed pattern"):
        read_ignore(f"fine\n{pattern}\n")


def test_a_line_too_long() -> None:
    with pytest.raises(ContextError, match=r"^line 1 is longer"):
        read_ignore("a" * 65536)


def test_equal_where_the_patterns_are() -> None:
    assert read_ignore("a\n#x\n") == read_ignore("/a/\n") != read_ignore("b")
    assert hash(read_ignore("a")) == hash(read_ignore("./a"))


@pytest.mark.parametrize(
    ("patterns", "folder", "prunes"),
    [
        ("d", "d", True),
        ("d", "e", False),
        ("d\n!d/x", "d", False),
        ("d\n!e/x", "d", True),
        ("d\n!d/x\nd", "d", False),  # the last line is not looked at for `d`, so `d/x` is sent
        ("d\n!d/x\nd/*", "d", False),
        ("d\n!d/x\n*/x\nd", "e", False),
        ("*\n!**/*.md", "d", False),
        ("*\n!d/e/f", "d", False),
        ("*\n!d/e/f", "d/x", True),
        ("*\n!d/*", "d", False),
        ("*\n!x*/y", "d", True),
        ("d/*", "d", False),
        ("**\n!d/**", "d", False),
    ],
)
def test_pruning(patterns: str, folder: str, prunes: bool) -> None:
    assert read_ignore(patterns).prunes(folder) is prunes


def _sent(tree: Any, ignore: str) -> list[str]:
    view = Sent(tree, read_ignore(ignore))

    def below(folder: str) -> list[str]:
        found: list[str] = []
        for name, node in view.children(folder).items():
            path = f"{folder}/{name}" if folder else name
            found += [path + "/", *below(path)] if node.kind == "dir" else [path]
        return found

    return sorted(below(""))


@pytest.mark.parametrize(
    ("ignore", "sent"),
    [
        ("", ["a.log", "d/", "d/a.log", "d/b", "d/e/", "d/e/c", "keep"]),
        ("d/*", ["a.log", "d/", "keep"]),  # c14g: the directory itself is sent
        ("**/*.log", ["d/", "d/b", "d/e/", "d/e/c", "keep"]),
        ("d/e/*", ["a.log", "d/", "d/a.log", "d/b", "d/e/", "keep"]),
        ("d", ["a.log", "keep"]),
        ("*\n!d/e/c", ["d/", "d/e/", "d/e/c"]),  # c14d: with its parents
        ("*\n!d/nothing", []),
        ("*\n!**/c", ["d/", "d/e/", "d/e/c"]),
        ("d\n!d/e", ["a.log", "d/", "d/e/", "d/e/c", "keep"]),
        ("**", []),
    ],
)
def test_what_is_sent(tree: Callable[..., Any], ignore: str, sent: list[str]) -> None:
    files = {"a.log": "1", "d/b": "2", "d/a.log": "3", "d/e/c": "4", "keep": "5"}
    assert _sent(tree(files), ignore) == sent


def test_pruned_directories_are_not_listed(tree: Callable[..., Any]) -> None:
    made = tree({"node_modules/a/b": "1", "src/x": "2"})
    assert _sent(made, "node_modules") == ["src/", "src/x"]
    assert "node_modules" not in made.listed


NAMES = st.sampled_from(["a", "b", "ab", "c.md", "x"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = st.sampled_from(["a", "b", "*", "**", "?", "a*", "*.md", "x", "[ab]", "c.md", "**b"])
PATTERNS = st.lists(
    st.tuples(st.sampled_from(["", "", "!"]), st.lists(PIECES, min_size=1, max_size=4).map("/".join)).map("".join),
    max_size=5,
)


@given(PATTERNS, st.lists(PATHS, max_size=8))
def test_pruning_never_hides_what_is_sent(patterns: list[str], paths: list[str]) -> None:
    ignore = read_ignore("\n".join(patterns))
    for path in paths:
        parts = path.split("/")
        if not ignore.excluded(path):
            assert not any(ignore.prunes("/".join(parts[:end])) for end in range(1, len(parts)))


@given(PATTERNS, PATHS)
def test_a_directory_at_a_time_is_the_same(patterns: list[str], path: str) -> None:
    rules = Patterns(patterns)
    bits = 0
    parts = path.split("/")
    for end in range(1, len(parts)):
        bits = rules.step("/".join(parts[:end]), bits)[1]
    folder, _, name = path.rpartition("/")
    assert (name in rules.among(folder, {name, "other"}, bits)) is rules.step(path, bits)[0]
    assert (name in rules.among(folder, {name}, bits)) is read_ignore("\n".join(patterns)).excluded(path)


def test_no_pattern_is_slow() -> None:
    hostile = ["*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b", "a**a**a**a**a**a**a**b", "[^b]*[^b]*[^b]*[^b]*b"]
    start = time.process_time()
    rules = Patterns(hostile)
    for path in ("a" * 4000, "a/" * 2000 + "a"):
        assert not rules.step(path, 0)[0]
    assert time.process_time() - start < 2


@pytest.mark.parametrize("ignore", ["", "x", "*\n!**/f", "**\n!**/g"])
def test_directories_too_deep_are_refused(tree: Callable[..., Any], ignore: str) -> None:
    made = tree({"a/" * 310 + "f": "1"})
    with pytest.raises(ContextError, match="over 300 directories deep"):
        _sent(made, ignore)
    assert _sent(made, "a") == []
