"""Before and after: the cases of the engine's conformance table that are about contexts, and the laws of comparing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcache.analyzer.context import Context, Node, ignored, matches, paths, read_ignore, selection
from dcache.analyzer.context.compare import Comparison, compare

Make = Callable[..., Any]
SAME, QUIET, DIFFERENT = "same", "quiet", "different"

D = {"d/a": "1", "d/b.md": "2", "d/sub/c": "3", "z": "9"}
EXCLUDE_MD = {"exclude": ("*.md",)}
PARENTS = {"parents": True}
STAMPED = Node("file", 0o644, "1", "", 1, 5)
DEVICE = Node("other", 0o644, "", "char 1:3")
MODULE = Node("gitlink", 0o755, "1")


def _verdict(done: Comparison) -> str:
    assert done.same is not bool(done.changes)
    return SAME if done.same else QUIET if done.quiet else DIFFERENT


def _link(target: str) -> str:
    return f"-> {target}"


# case, files before, what changes in them (None removes), source, options, verdict
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, dict[str, Any], str]] = [
    ("c01", D, {"z": "8"}, "z", {}, DIFFERENT),
    ("c02", {"a": STAMPED}, {"a": STAMPED._replace(mtime_ns=6)}, "a", {}, SAME),
    ("c03", D, {"z": ("9", 0o755)}, "z", {}, DIFFERENT),
    ("c03b", D, {"z": ("9", 0o664)}, "z", {}, DIFFERENT),
    ("c03c", D, {"z": ("9", 0o4644)}, "z", {}, DIFFERENT),
    ("c03d", D, {"z": ("9", 0o1644)}, "z", {}, DIFFERENT),
    ("c05", {"a": STAMPED}, {"a": STAMPED._replace(xattrs=(("user.foo", b"1"),))}, "a", {}, QUIET),
    ("c05 and mode", {"a": STAMPED}, {"a": STAMPED._replace(xattrs=(("u", b""),), mode=0o600)}, "a", {}, DIFFERENT),
    ("c06", {"d/l": _link("a")}, {"d/l": _link("b")}, "d", {}, DIFFERENT),
    ("c06b", {"d/l": _link("../f"), "f": "1"}, {"f": "2"}, "d", {}, SAME),
    ("c07", {"l": _link("a"), "a": "1"}, {"a": "2"}, "l", {}, DIFFERENT),
    ("c07b", {"l": _link("a"), "a": "1", "b": "1"}, {"l": _link("b")}, "l", {}, SAME),
    ("c07c", {"l": _link("d"), **D}, {"d/a": "2"}, "l", {}, DIFFERENT),
    ("c07d", {"l": _link("a"), "a": "1"}, {"l": "1"}, "l", {}, SAME),
    ("c07e", {"l": _link("d"), **D}, {"d/a": "2"}, "l/a", {}, DIFFERENT),
    ("c07e, another file", {"l": _link("d"), **D}, {"d/b.md": "x"}, "l/a", {}, SAME),
    ("c08", D, {"d/new/": 0o755}, "d", {}, DIFFERENT),
    ("c09", D, {"d/": 0o700}, "d", {}, QUIET),
    ("c09b", {}, {}, ".", {}, SAME),
    ("c09c", D, {"d/sub/": 0o700}, "d", {}, QUIET),
    ("c09d", D, {"d/": 0o700}, "d/a", {}, SAME),
    ("c09e", D, {"d/": 0o700}, "d/*", {}, SAME),
    ("c09f", D, {"d/": 0o700}, "d/", {}, QUIET),
    ("c09t", D, {"d/sub/": 0o700}, "d/*", {}, QUIET),
    ("c10", D, {"d/a": None, "d/q": "1"}, "d", {}, DIFFERENT),
    ("c12", D, {"d/a": None}, "d", {}, DIFFERENT),
    ("c13", D, {"z": "8", "new": "1"}, "d", {}, SAME),
    ("c14", {".dockerignore": "ig", "ig": "1", "a": "1"}, {"ig": "2"}, ".", {}, SAME),
    ("c14b", {".dockerignore": "ig"}, {".dockerignore": "ig\n#c"}, ".", {}, DIFFERENT),
    ("c14c", {".dockerignore": ".dockerignore"}, {".dockerignore": ".dockerignore\n#c"}, ".", {}, SAME),
    ("c14d", {".dockerignore": "ig\n!ig/k", "ig/k": "1", "ig/j": "1"}, {"ig/k": "2"}, ".", {}, DIFFERENT),
    ("c14e", {".dockerignore": "ig\n!ig/k", "ig/k": "1", "ig/j": "1"}, {"ig/j": "2"}, ".", {}, SAME),
    ("c14f", {".dockerignore": "x", "a": "1"}, {".dockerignore": "y"}, "a", {}, SAME),
    ("c14g", {".dockerignore": "i/*", "a": "1"}, {"i/x": "1"}, ".", {}, DIFFERENT),
    ("c14h", {".dockerignore": "**/*.log", "a": "1"}, {"i/x.log": "1"}, ".", {}, DIFFERENT),
    ("c14, whole directory", {".dockerignore": "i", "a": "1"}, {"i/x": "1"}, ".", {}, SAME),
    ("c17", D, {"d/new.md": "1"}, "d/*.md", {}, DIFFERENT),
    ("c17b", D, {"d/new": "1"}, "d/*.md", {}, SAME),
    ("c17c", D, {"d/b.md": None, "d/c.md": "2"}, "d/*.md", {}, DIFFERENT),
    ("c17e", D, {"z": "1"}, "d/*.nope", {}, SAME),
    ("c17g", D, {"d/a": "2"}, "d/[a]", {}, DIFFERENT),
    ("a matched directory", D, {"d/sub/c": "4"}, "d/*", {}, DIFFERENT),
    ("a matched link counts as its target", {"d/l": _link("../f"), "f": "1"}, {"f": "2"}, "d/*", {}, DIFFERENT),
    ("below a matched directory it does not", {"d/e/l": _link("../../f"), "f": "1"}, {"f": "2"}, "d/*", {}, SAME),
    ("one match, its directory renamed", {"d1/f": "1"}, {"d1/f": None, "d2/f": "1"}, "d*/f", {}, SAME),
    ("two matches, a directory renamed", {"d1/f": "1", "e/f": "1"}, {"e/f": None, "e2/f": "1"}, "*/f", {}, DIFFERENT),
    ("a class may match a slash", {"a/b": "1"}, {"a/b": "2"}, "a[^x]b", {}, DIFFERENT),
    ("c23", D, {"d/b.md": "x"}, "d", EXCLUDE_MD, SAME),
    ("c23c", D, {"d/a": "x"}, "d", EXCLUDE_MD, DIFFERENT),
    ("c23e", D, {"d/sub/": 0o700}, "d", {"exclude": ("sub",)}, SAME),
    ("c23f", D, {"d/": 0o700}, "d", EXCLUDE_MD, QUIET),
    ("c23 at the root", {**D, "x.md": "1"}, {"x.md": "2"}, ".", EXCLUDE_MD, SAME),
    ("c23 links at the root are followed", {"l": _link("d"), **D}, {"d/b.md": "x"}, ".", EXCLUDE_MD, DIFFERENT),
    ("c23 a pattern for one level", D, {"d/sub/c": "x"}, "d", {"exclude": ("*/c",)}, SAME),
    ("c23 nothing left", D, {"d/a": "x"}, "d", {"exclude": ("**",)}, SAME),
    ("c23 one left", D, {"d/a": "x"}, "d", {"exclude": ("*", "!a")}, DIFFERENT),
    ("c23 of one file", D, {"d/b.md": "x"}, "d/b.md", EXCLUDE_MD, DIFFERENT),
    ("c23 with a wildcard, of what matched", D, {"d/b.md": "x"}, "d/*", EXCLUDE_MD, DIFFERENT),
    ("c23 with a wildcard, below it", {"e/d/b.md": "1"}, {"e/d/b.md": "2"}, "e/*", EXCLUDE_MD, SAME),
    ("c24", {"p/q/f": "1", "p/q/g": "1"}, {"p/q/g": "2"}, "p/q/f", PARENTS, SAME),
    ("c24 itself", {"p/q/f": "1"}, {"p/q/f": "2"}, "p/q/f", PARENTS, DIFFERENT),
    ("c24b", {"p/q/f": "1"}, {"p/": 0o700}, "p/q/f", PARENTS, QUIET),
    ("c24 after the pivot", {"p/q/f": "1"}, {"p/q/": 0o700}, "p/./q/f", PARENTS, QUIET),
    ("c24d", {"a/f": "1", "g": "1"}, {"g": "2"}, "**/f", PARENTS, SAME),
    ("c24e", {"a/f": "1"}, {"b/f": "1"}, "**/f", PARENTS, DIFFERENT),
    ("c24q", {"a/f": "1", "z/g": "1"}, {"z/": 0o700}, "**/f", PARENTS, SAME),
    ("c24 the root itself", D, {"z": "8"}, ".", PARENTS, SAME),
    ("c27", {"a": STAMPED}, {"a": STAMPED._replace(ident="2")}, "a", {}, QUIET),
    ("c27b", {"a": STAMPED}, {"a": STAMPED._replace(ident="2", mtime_ns=6)}, "a", {}, DIFFERENT),
    ("c27 of unknown times", {"a": Node("file", 0o644, "1")}, {"a": Node("file", 0o644, "2")}, "a", {}, DIFFERENT),
    ("s05", D, {"z": "8"}, "d/sub", {"wildcard": False}, SAME),
    ("s05b", D, {"d/sub/c": "8"}, "d/sub", {"wildcard": False}, DIFFERENT),
    ("s05c", D, {"z": "8"}, "", {"wildcard": False}, DIFFERENT),
    ("s05d", {".dockerignore": "z", **D}, {"z": "8"}, "/", {"wildcard": False}, SAME),
    ("a mount knows no wildcard", {"*": "1", "x": "1"}, {"x": "2"}, "*", {"wildcard": False}, SAME),
    ("file to directory", {"a": "1"}, {"a": None, "a/b": "1"}, "a", {}, DIFFERENT),
    ("file to link", {"d/a": "1", "b": "1"}, {"d/a": _link("../b")}, "d", {}, DIFFERENT),
    ("nothing there", {"a": "1"}, {"a": "2"}, "nope", {}, SAME),
    ("nothing any more", {"a": "1"}, {"a": None}, "a", {}, DIFFERENT),
    ("a dangling link", {"l": _link("x")}, {"z": "1"}, "l", {}, SAME),
    ("a loop of links", {"l": _link("m"), "m": _link("l")}, {"z": "1"}, "l", {}, SAME),
    ("a link out of the root stays in it", {"l": _link("../../a"), "a": "1"}, {"a": "2"}, "l", {}, DIFFERENT),
    ("an absolute link too", {"l": _link("/d/a"), **D}, {"d/a": "2"}, "l", {}, DIFFERENT),
    ("the target of a link is ignored", {".dockerignore": "a", "l": _link("a"), "a": "1"}, {"a": "2"}, "l", {}, SAME),
    ("another device", {"p": DEVICE}, {"p": DEVICE._replace(target="char 1:5")}, "p", {}, DIFFERENT),
    ("a submodule moves", {"s": MODULE}, {"s": MODULE._replace(ident="2")}, ".", {}, DIFFERENT),
    ("a submodule as it is on disk", {"s": MODULE}, {"s": Node("dir", 0o755, "", "1")}, ".", {}, SAME),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "files", "edits", "source", "options", "verdict"), CASES, ids=[case[0] for case in CASES]
)
def test_before_and_after(
    context: Make,
    case: str,
    files: dict[str, Any],
    edits: dict[str, Any],
    source: str,
    options: dict[str, Any],
    verdict: str,
) -> None:
    after = {path: text for path, text in {**files, **edits}.items() if text is not None}
    wanted = selection(source, **options)
    assert _verdict(compare(context(files), wanted, context(after), wanted)) == verdict
    assert _verdict(compare(context(after), wanted, context(files), wanted)) == verdict


@pytest.mark.parametrize(
    ("case", "old", "new", "verdict"),
    [
        ("c11b", "d1/a", "d2/a", SAME),
        ("c11c", "d1", "d2", SAME),
        ("c11d", "d1/a", "./d1/a", SAME),
        ("c11e", "d1", "d1/", SAME),
        ("c17f", "d1/*.txt", "d2/*.txt", SAME),
        ("other content", "d1", "d3", DIFFERENT),
        ("one match is as the plain form", "d1/a", "d[1]/a", SAME),
        ("a pattern of another name is not", "d1/a", "d1/[a]", DIFFERENT),
        ("the root is no directory like others", ".", "d1", DIFFERENT),
    ],
)
def test_two_places(context: Make, case: str, old: str, new: str, verdict: str) -> None:
    made = context({"d1/a": "1", "d1/x.txt": "2", "d2/a": "1", "d2/x.txt": "2", "d3/a": "1"})
    assert _verdict(compare(made, selection(old), made, selection(new))) == verdict
    assert _verdict(compare(made, selection(new), made, selection(old))) == verdict


def test_c24c_the_pivot_moves(context: Make) -> None:
    made = context({"p/q/f": "1"})
    old, new = selection("p/./q/f", parents=True), selection("p/q/./f", parents=True)
    assert not compare(made, old, made, new).same


def test_c30_another_directory(context: Make, tree: Make) -> None:
    assert compare(context(D), selection("."), Context("other", tree(dict(reversed(D.items())))), selection(".")).same


@pytest.mark.parametrize(
    ("edits", "changes"),
    [
        ({"d/a": "x", "d/new/f": "1", "z": None}, [("content", "d/a"), ("added", "d/new/f"), ("removed", "z")]),
        ({"d/sub/c": ("3", 0o755)}, [("mode", "d/sub/c")]),
        ({"d/sub/c": "-> x"}, [("type", "d/sub/c")]),
        ({"d/sub/c": None, "d/sub/": 0o755}, [("removed", "d/sub/c")]),
        ({"empty/": 0o755}, [("added", "empty")]),
        ({"d/sub/": 0o700}, [("mode", "d/sub")]),
    ],
)
def test_changes_are_named(context: Make, edits: dict[str, Any], changes: list[tuple[str, str]]) -> None:
    after = context({path: text for path, text in {**D, **edits}.items() if text is not None})
    for source in (".", "*"):
        done = compare(context(D), selection(source), after, selection(source))
        assert [(change.kind, change.path) for change in done.changes] == changes


def test_modes_count_only_as_far_as_both_trees_know_them(context: Make) -> None:
    exact, git = context({"d/a": ("1", 0o600), "d/": 0o700}), context({"d/a": "1"}, exact_modes=False)
    assert compare(exact, selection("."), git, selection(".")).same
    executable = context({"d/a": ("1", 0o755)}, exact_modes=False)
    assert [change.kind for change in compare(exact, selection("."), executable, selection(".")).changes] == ["mode"]


@pytest.mark.parametrize("source", [".", "d", "d/*", "*"])
def test_untracked_entries_count_only_where_both_trees_show_them(context: Make, source: str) -> None:
    tracked = context({"d/a": "1"}, tracked_only=True)
    disk = {
        "d/a": "1",
        "d/b": Node("file", 0o644, "2", tracked=False),
        "d/e/": 0o755,
        "e": Node("dir", 0o755, tracked=False),
    }
    wanted = selection(source)
    assert compare(tracked, wanted, context(disk), wanted).same and compare(context(disk), wanted, tracked, wanted).same
    assert not compare(context(disk), wanted, context({"d/a": "1"}), wanted).same


@pytest.mark.parametrize(
    ("source", "options", "found"),
    [
        (".", {}, ["d", "d/a", "d/b.md", "d/sub", "d/sub/c", "l", "z"]),
        ("d/*", {}, ["d/a", "d/b.md", "d/sub", "d/sub/c"]),
        ("*.md", {}, []),
        ("l", {}, ["d", "d/a", "d/b.md", "d/sub", "d/sub/c"]),
        ("d", {"exclude": ("sub", "*.md")}, ["d", "d/a"]),
        ("d/sub/c", {"parents": True}, ["d", "d/sub", "d/sub/c"]),
        ("d/./sub/c", {"parents": True}, ["d", "d/sub", "d/sub/c"]),
        ("*/*/c", {}, ["d/sub/c"]),
        ("nope", {}, []),
        ("l/sub", {}, ["d/sub", "d/sub/c"]),
        ("l/*.md", {}, ["d/b.md"]),
    ],
)
def test_paths(context: Make, source: str, options: dict[str, Any], found: list[str]) -> None:
    made = context({**D, "l": "-> d"})
    assert [path for path, _ in paths(made, selection(source, **options))] == found
    assert matches(made, selection(source, **options)) is bool(found)


@pytest.mark.parametrize(
    ("source", "hidden"), [("d", True), ("d/*", True), ("z", False), ("nope", False), (".", False), ("l", True)]
)
def test_ignored(context: Make, source: str, hidden: bool) -> None:
    assert ignored(context({".dockerignore": "d", **D, "l": "-> d/a"}), selection(source)) is hidden


def test_equal_directories_are_not_entered(context: Make, tree: Make) -> None:
    node = Node("dir", 0o755, "tree-id")
    old = tree({"d": node, "d/a": "1", "e/f": "1"})
    new = tree({"d": node, "d/a": "1", "e/f": "1"})
    for ignore, source in (("", "."), ("x", "."), ("", "*"), ("", "d"), ("x/*", "d*")):
        for made in (old, new):
            made.listed.clear()
        rules = read_ignore(ignore)
        compare(Context("", old, rules), selection(source), Context("", new, rules), selection(source))
        assert "d" not in old.listed + new.listed
    assert compare(Context("", old, read_ignore("d/a")), selection("d"), Context("", new), selection("d")).changes


NAMES = st.sampled_from(["a", "b", "c.md", "d"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.sampled_from(["1", "2", ("1", 0o755), "-> a", "-> ../b", "-> d"]), max_size=7)
SOURCES = st.sampled_from([".", "a", "d", "*", "*/*", "d/*", "a/b", "*.md", "[ab]", "*/a", "d/./b", "b/../d"])
OPTIONS = st.sampled_from(
    [{}, {}, EXCLUDE_MD, PARENTS, {"exclude": ("a", "!a/b")}, {"exclude": ("**/b",), "parents": True}]
)
RULES = st.sampled_from(["", "a", "*.md", "d/*", "*\n!a", "**/b\n!d/b", "d\n!d/a/b"])


def _plain(files: dict[str, Any]) -> dict[str, Any]:
    """The files of which none lies below another."""
    return {path: text for path, text in files.items() if not any(path.startswith(other + "/") for other in files)}


def _named(files: dict[str, Any], made: Any) -> dict[str, Any]:
    """The same files with directories that carry an identity: all that is below, as git's tree ids do."""
    below: dict[str, list[tuple[str, str]]] = {}
    for path, text in sorted(files.items()):
        parent = path.rpartition("/")[0]
        while parent:
            below.setdefault(parent, []).append((path[len(parent) :], str(text)))
            parent = parent.rpartition("/")[0]
    folders = {path: Node("dir", 0o755, repr(entries)) for path, entries in below.items()}
    return {**dict(sorted(folders.items())), **files}


@given(TREES, SOURCES, OPTIONS, RULES)
def test_everything_is_the_same_as_itself(
    context: Make, files: dict[str, Any], source: str, options: dict[str, Any], rules: str
) -> None:
    made = context({**_plain(files), ".dockerignore": rules})
    assert compare(made, selection(source, **options), made, selection(source, **options)).same


@given(TREES, TREES, SOURCES, OPTIONS, RULES, RULES)
def test_pruning_changes_nothing(
    tree: Make, one: dict[str, Any], two: dict[str, Any], source: str, options: dict[str, Any], rules: str, other: str
) -> None:
    wanted = selection(source, **options)
    for there in (rules, other):
        old, new = read_ignore(rules), read_ignore(there)
        plain = compare(Context("", tree(_plain(one)), old), wanted, Context("", tree(_plain(two)), new), wanted)
        named = [Context("", tree(_named(_plain(files), tree)), rule) for files, rule in ((one, old), (two, new))]
        pruned = compare(named[0], wanted, named[1], wanted)
        assert [(change.kind, change.path) for change in plain.changes] == [(c.kind, c.path) for c in pruned.changes]


@given(TREES, TREES, SOURCES, OPTIONS, RULES)
def test_no_order_of_the_two_sides(
    context: Make, one: dict[str, Any], two: dict[str, Any], source: str, options: dict[str, Any], rules: str
) -> None:
    old, new = (context({**_plain(files), ".dockerignore": rules}) for files in (one, two))
    wanted = selection(source, **options)
    assert compare(old, wanted, new, wanted).same is compare(new, wanted, old, wanted).same


def _key(made: Context, source: str, options: dict[str, Any]) -> Any:
    """The content key as the engine would make it, without any short cut."""
    from dcache.analyzer.context.selection import ROOT, Side

    side = Side(made, selection(source, **options))

    def whole(path: str, node: Node | None) -> Any:
        if node is None or node.kind == "link":
            return node and (node.kind, node.target)
        if node.kind == "file":
            return (node.kind, node.mode, made.tree.digest(path, node))
        inner = side.sent.children(path)
        start = path + "/" if path else ""
        return ("dir", node is ROOT or node.mode, [(name, whole(start + name, inner[name])) for name in sorted(inner)])

    if not side.listed:
        one = side.plain()
        return whole(one.path, one.node)
    keys = [
        (one.name, ("header", one.node.mode) if one.node and not one.whole else whole(one.path, one.node) or "missing")
        for one in side.taken()
    ]
    bare = len(keys) == 1 and (keys[0][0] or side.base).rpartition("/")[2] == side.basename
    return keys[0][1] if bare else ("list", keys) if keys else None


@given(TREES, TREES, SOURCES, SOURCES, OPTIONS, OPTIONS, RULES)
def test_as_if_every_key_had_been_made(
    context: Make,
    one: dict[str, Any],
    two: dict[str, Any],
    source: str,
    other: str,
    options: dict[str, Any],
    others: dict[str, Any],
    rules: str,
) -> None:
    old, new = (context({**_plain(files), ".dockerignore": rules}) for files in (one, two))
    for there, thus in ((source, options), (other, others)):
        same = _key(old, source, options) == _key(new, there, thus)
        assert compare(old, selection(source, **options), new, selection(there, **thus)).same is same
