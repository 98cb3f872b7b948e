"""Small contexts and changes to them."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import NamedTuple

IGNORES = (
    *(
        "*.md",
        "**/*.md",
        "!**/y.md",
        "d/e",
        "!d/e/z.txt",
        "d/*",
        "!d/x.txt",
        "p",
        "!p/x.txt",
        "**/z.txt",
        "c.md",
        "!c.md",
    ),
    *(".dockerignore", "Dockerfile", "# nothing", "d/*.md", "*/x.txt", "!d", "d/**/z.txt", "?.md", "**/e", "!d/e"),
)


LINKS = (("link", "a.txt"), ("dlink", "d"), ("d/up", "../b.txt"), ("d/gone", "nowhere"), ("l2", "link"))


class Entry(NamedTuple):
    """A file, directory (`text` is None) or link. `time` is in seconds, and differs where a text of that path does."""

    text: str | None = None
    mode: int = 0o644
    link: str | None = None
    time: int = 1_000_000_000


def random_tree(dice: random.Random) -> dict[str, Entry]:
    """A context: some of its paths are always there."""
    tree: dict[str, Entry] = {"a.txt": Entry("a"), "b.txt": Entry("b"), "d": Entry(mode=0o755), "d/x.txt": Entry("x")}
    texts = ["1", "22", "x", "a"]
    for path in ("c.md", "d/y.md", "p/x.txt", "p/y.md", "d/e/z.txt", "run.sh", ".hidden", "a b.txt", "q/r/s.txt"):
        if dice.random() < 0.6:
            tree[path] = Entry(dice.choice(texts), 0o755 if path == "run.sh" else dice.choice([0o644, 0o644, 0o600]))
    for path, target in (
        ("link", "a.txt"),
        ("dlink", "d"),
        ("d/up", "../b.txt"),
        ("d/gone", "nowhere"),
        ("l2", "link"),
    ):
        if dice.random() < 0.25:
            tree[path] = Entry(link=target)
    if dice.random() < 0.3:
        tree["d/empty"] = Entry(mode=0o755)
    if dice.random() < 0.4:
        lines = dice.sample(IGNORES, dice.randint(1, 4))
        tree[".dockerignore"] = Entry("\n".join(lines) + "\n")
    return _with_parents(tree)


def _with_parents(tree: dict[str, Entry]) -> dict[str, Entry]:
    whole = dict(tree)
    for path in tree:
        for parent in Path(path).parents:
            if str(parent) != "." and str(parent) not in whole:
                whole[str(parent)] = Entry(mode=0o755)
    return dict(sorted(whole.items()))


def changed_tree(dice: random.Random, old: dict[str, Entry], warm: bool) -> tuple[str, dict[str, Entry]]:
    """The context after one change, and what it was; a warm daemon overlooks modes of directories: they stay."""
    tree = dict(old)
    files = [path for path, entry in tree.items() if entry.text is not None and path != ".dockerignore"]
    folders = [path for path, entry in tree.items() if entry.text is None and entry.link is None]
    links = [path for path, entry in tree.items() if entry.link]
    kind = dice.choice(
        ["edit", "edit", "edit", "add", "add", "delete", "rename", "chmod", "touch", "link", "ignore", "dir"]
    )
    path = dice.choice(files)
    entry = tree[path]
    if kind == "edit":
        tree[path] = entry._replace(text=dice.choice(["1", "22", "new", f"{entry.text}+"]), time=entry.time + 1)
    elif kind == "touch":
        tree[path] = entry._replace(time=entry.time + 7)
    elif kind == "chmod":
        if not warm and dice.random() < 0.5:
            path = dice.choice(folders)
            entry = tree[path]
        tree[path] = entry._replace(mode=entry.mode ^ dice.choice([0o100, 0o010, 0o022, 0o1000]))
    elif kind == "add":
        path = dice.choice(["new.txt", "new.md", "d/new.txt", "d/e/new.md", "p/new.txt", "n/m/x.txt", "z.txt"])
        tree[path] = Entry(dice.choice(["1", "x"]))
    elif kind == "delete":
        del tree[path]
    elif kind == "rename":
        del tree[path]
        tree[str(Path(path).with_name("renamed" + Path(path).suffix))] = entry
        path += " → renamed"
    elif kind == "link":
        if links:
            path = dice.choice(links)
            tree[path] = Entry(link=dice.choice(["a.txt", "b.txt", "d", "p", "d/x.txt"]))
        else:
            path = "link"
            tree[path] = Entry(link="b.txt")
    elif kind == "dir":
        path = dice.choice(["d/more", "new", "p/e"])
        tree[path] = Entry(mode=0o755)
    else:
        path = ".dockerignore"
        lines = dice.sample(IGNORES, dice.randint(1, 3))
        tree[path] = Entry("\n".join(lines) + "\n", time=1_000_000_000 + dice.randrange(1000))
    return f"{kind} {path}", _with_parents(tree)


def lay(folder: Path, tree: dict[str, Entry], dockerfile: str) -> None:
    """Write a context anew; the Dockerfile's time says what is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, entry in tree.items():
        place = folder / path
        if entry.link is not None:
            place.symlink_to(entry.link)
        elif entry.text is None:
            place.mkdir()
        else:
            place.write_text(entry.text)
    for path, entry in reversed(tree.items()):
        if entry.link is None:
            os.chmod(folder / path, entry.mode)
            os.utime(folder / path, (entry.time, entry.time))
    (folder / "Dockerfile").write_text(dockerfile)
    os.chmod(folder / "Dockerfile", 0o644)
