"""Saved trees: what comes back compares as what was saved; edited trees differ exactly where they were edited."""

import random
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcache.analyzer.context import (
    Context,
    ContextError,
    Node,
    paths,
    read_ignore,
    selection,
)
from dcache.analyzer.context.compare import compare
from dcache.analyzer.context.overlay import edited
from dcache.analyzer.context.saved import save_tree, saved_tree

Make = Callable[..., Any]

ALL = selection(".")
ODD = Node("file", 0o4711, "ab" * 20, "", 7, 8, (("user.x,=\n", b"\0\xff"), ("user.y", b"")))


def test_the_text(context: Make) -> None:
    made = context(
        {"d/": 0o700, "d/f": Node("file", 0o644, "cd" * 20, "", 3, 9), "l": "-> d/f", "x": Node("gitlink", 0o755, "ef")}
    )
    assert save_tree(made, [ALL]) == (
        "dcache tree 1 exact\n"
        f"d\t700\t-\t-\td\nf\t644\t{'cd' * 20}\t3\t9\tf\n.\n"
        "l\td/f\tl\n"
        "g\tef\tx\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["a b", "tab\there", "new\nline", "bad\udcff", "é☺", "back\\slash", ".", "..x", "-", "a\r"]
)
def test_odd_entries_come_back(tree: Make, name: str) -> None:
    if name == ".":
        name = " ."
    files = {
        name: ODD,
        f"d{name}/": 0o1755,
        f"d{name}/f": ODD._replace(tracked=False),
        "l": Node("link", 0o777, "", name),
        "o": Node("other", 0o600, "", "char 1:3"),
        "u": Node("dir", 0o755, "", "", tracked=False),
        "s": Node("dir", 0o755, "", "12ab"),
    }
    made = Context("", tree(files))
    back = Context("", saved_tree(save_tree(made, [ALL]), "saved"))
    assert list(paths(back, ALL)) == list(paths(made, ALL))
    assert compare(made, ALL, back, ALL).same


@pytest.mark.parametrize(("exact", "tracked"), [(True, False), (False, True), (False, False)])
def test_flags_come_back(tree: Make, exact: bool, tracked: bool) -> None:
    text = save_tree(Context("", tree({"a": "1"}, exact_modes=exact, tracked_only=tracked)), [ALL])
    back = saved_tree(text, "yesterday")
    assert (back.label, back.exact_modes, back.tracked_only) == ("yesterday", exact, tracked)
    assert saved_tree(text, "x", exact_modes=not exact, tracked_only=not tracked).exact_modes is not exact


def test_only_what_is_selected(context: Make) -> None:
    made = context(
        {".dockerignore": "**/*.log", "a": "1", "d/b": "2", "d/x.log": "3", "e/c": "4", "l": "-> e", "m": "-> l/c"}
    )
    back = Context("", saved_tree(save_tree(made, [selection("d"), selection("m"), selection("nope")]), "saved"))
    assert [path for path, _ in paths(back, ALL)] == ["d", "d/b", "e", "e/c", "l", "m"]
    for source in ("d", "m", "nope", "d/*"):
        assert compare(made, selection(source), back, selection(source)).same
    with pytest.raises(FileNotFoundError):
        back.tree.read("d/b")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1), ("nonsense\n", 1), ("dcache tree 2\n", 1), ("dcache tree 1 wide\n", 1), ("dcache tree 1\nf\t644", 2),
        ("dcache tree 1\n.\n", 2), ("dcache tree 1\nd\t755\t-\t-\td\n", 2), ("dcache tree 1\n\n", 2),
        ("dcache tree 1\nf\t644\taa\t1\t2\t../x\n", 2), ("dcache tree 1\nf\t999\taa\t1\t2\tx\n", 2),
        ("dcache tree 1\nf\t644\taa\tone\t2\tx\n", 2), ("dcache tree 1\nl\tx\n", 2), ("dcache tree 1\nq\tx\ty\n", 2),
        ("dcache tree 1\nl\ta\tx\nd\t755\t-\t-\t..\n.\n", 3), ("dcache tree 1\nl\ta\tx\tuser.x=zz\n", 2),
        ("dcache tree 1\nF\t644\taa\t1\t2\t\\udc\n", 2),
    ],
)  # fmt: skip
def test_bad_text_names_the_line(text: str, number: int) -> None:
    with pytest.raises(ContextError, match=f"^kept: line {number} "):
        saved_tree(text, "kept")


NAMES = st.sampled_from(["a", "b", "c.md", "d"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.sampled_from(["1", "2", ("1", 0o755), "-> a", "-> ../b", "-> d"]), max_size=7)
SOURCES = st.sampled_from([".", "a", "d", "*", "*/*", "d/*", "a/b", "*.md", "*/a"])
OPTIONS = st.sampled_from([{}, {}, {"exclude": ("*.md",)}, {"parents": True}])
RULES = st.sampled_from(["", "a", "*.md", "d/*", "*\n!a", "**/b\n!d/b"])


def _plain(files: dict[str, Any]) -> dict[str, Any]:
    return {path: text for path, text in files.items() if not any(path.startswith(other + "/") for other in files)}


@given(TREES, TREES, SOURCES, OPTIONS, RULES)
def test_what_comes_back_compares_the_same(
    context: Make, one: dict[str, Any], two: dict[str, Any], source: str, options: dict[str, Any], rules: str
) -> None:
    old, new = (context({**_plain(files), ".dockerignore": rules}) for files in (one, two))
    wanted = selection(source, **options)
    back = Context("", saved_tree(save_tree(old, [wanted]), "saved"), old.ignore)
    assert compare(old, wanted, back, wanted).same
    assert compare(back, wanted, new, wanted).same is compare(old, wanted, new, wanted).same
    assert list(paths(back, wanted)) == [
        (path, node._replace(ident=node.ident or (old.tree.digest(path, node) if node.kind == "file" else "")))
        for path, node in paths(old, wanted)
    ]


@given(TREES, PATHS)
def test_edited_differs_exactly_there(tree: Make, files: dict[str, Any], path: str) -> None:
    base = tree({name: text for name, text in _plain(files).items() if not str(text).startswith("-> ")})
    after = edited(base, [path])
    done = compare(Context("", base), ALL, Context("", after), ALL)
    inside = {name for name in base.texts if name == path or name.startswith(path + "/")}
    assert {change.path for change in done.changes if change.kind == "content"} == inside
    if not inside:
        assert path in {change.path for change in done.changes if change.kind in ("added", "type")} or any(
            path.startswith(name + "/") for name in base.texts
        )
    assert not done.quiet and compare(Context("", after), ALL, Context("", edited(base, [path])), ALL).same


def test_edits(tree: Make) -> None:
    base = tree(
        {
            "d": Node("dir", 0o755, "t1"),
            "d/a": "1",
            "d/e": Node("dir", 0o755, "t2"),
            "d/e/b": "2",
            "x": "3",
            "l": "-> d/e",
        }
    )
    after = edited(base, ["l/b", "new/file"])
    assert (after.children("")["d"].ident, after.children("d")["e"].ident) == ("", "")
    assert after.children("")["x"] == base.children("")["x"] and list(after.children("new")) == ["file"]
    done = compare(Context("", base), ALL, Context("", after), ALL)
    assert [(change.kind, change.path) for change in done.changes] == [("content", "d/e/b"), ("added", "new/file")]
    assert after.label == "memory with l/b, new/file edited" and after.read("x") == b"3"
    assert compare(Context("", base), selection("x"), Context("", after), selection("x")).same
    whole = compare(Context("", base), ALL, Context("", edited(base, ["d"])), ALL)
    assert [change.path for change in whole.changes] == ["d/a", "d/e/b"]
    ignored = read_ignore("d/e")
    assert compare(Context("", base, ignored), ALL, Context("", edited(base, ["d/e/b"]), ignored), ALL).same


def test_large_trees_are_small_and_quick(tree: Make) -> None:
    made = random.Random(1)
    words = ["".join(made.choices("abcdefghijklmnop", k=made.randint(3, 10))) for _ in range(2000)]
    files: dict[str, Node] = {}
    while len(files) < 20_000:
        path = "/".join([f"src{made.randint(0, 20)}", *made.choices(words[:40], k=2), made.choice(words) + ".py"])
        files[path] = Node(
            "file", 0o644, f"{made.getrandbits(160):040x}", "", made.randint(1, 99999), made.getrandbits(60)
        )
    one, two = Context("", tree(files)), Context("", tree(files))
    text = save_tree(one, [ALL])
    assert len(zlib.compress(text.encode())) < 20_000 * 80
    start = time.process_time()
    assert compare(Context("", saved_tree(text, "saved")), ALL, two, ALL).same
    assert time.process_time() - start < 1  # 0.1 s where nothing else runs
