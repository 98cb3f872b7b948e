"""Small contexts and changes to them."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

IGNORES = (
    *("*.md", "**/*.md", "!**/y.md", "d/e", "!d/e/z.txt", "d/*", "!d/x.txt", "p", "!p/x.txt", "**/z.txt", "c.md"),
    *("!c.md", ".dockerignore", "Dockerfile", "# nothing", "d/*.md", "*/x.txt", "!d", "d/**/z.txt", "?.md"),
    *("**/e", "!d/e", "/p/", "**/r", "*", "!a.txt", "!b.txt", "d/../p", "[a-c].md", "link", "dlink"),
)
LINKS = (("link", "a.txt"), ("dlink", "d"), ("d/up", "../b.txt"), ("d/gone", "nowhere"), ("l2", "link"))
MAYBE = ("c.md", "d/y.md", "p/x.txt", "p/y.md", "d/e/z.txt", "run.sh", ".hidden", "a b.txt", "q/r/s.txt")
TEXTS = ("1", "22", "x", "a")
NEW_FILES = ("new.txt", "new.md", "d/new.txt", "d/e/new.md", "p/new.txt", "n/m/x.txt", "z.txt", "q/new.md")
IGNORE_FILES = (".dockerignore", "Dockerfile.dockerignore")


class Entry(NamedTuple):
    """A file, directory (`text` is None) or link.

    `text` has a character for each byte; `time` is in seconds, and mostly differs where a text of that path does.
    """

    text: str | None = None
    mode: int = 0o644
    link: str | None = None
    time: int = 1_000_000_000


Files = dict[str, Entry]
FOLDER = Entry(mode=0o755)


def chance(dice: random.Random, share: float) -> bool:
    """True for that share of calls; the smallest draw says no, so that what shrinks gets simpler."""
    return dice.randrange(100) >= 100 - 100 * share


def archive(text: str, time: int = 0) -> str:
    """An archive of one file with that text; its bytes as characters."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as made:
        member = tarfile.TarInfo("in/t.txt")
        member.size, member.mtime = len(text), time
        made.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=0).decode("latin-1")


def random_tree(dice: random.Random) -> Files:
    """A context: some of its paths are always there."""
    tree: Files = {"a.txt": Entry("a"), "b.txt": Entry("b"), "d": FOLDER, "d/x.txt": Entry("x")}
    for path in MAYBE:
        if chance(dice, 0.6):
            tree[path] = Entry(dice.choice(TEXTS), 0o755 if path == "run.sh" else dice.choice([0o644, 0o644, 0o600]))
    for path, target in LINKS:
        if chance(dice, 0.05 if path == "d/gone" else 0.25) and (target in tree or "/" in path):
            tree[path] = Entry(link=target)
    if chance(dice, 0.3):
        tree["d/empty"] = FOLDER
    if chance(dice, 0.1):
        tree["arc.tar"] = Entry(archive("1"))
    if chance(dice, 0.4):
        tree[".dockerignore"] = Entry(_rules(dice, 4))
    if chance(dice, 0.04):
        tree["Dockerfile.dockerignore"] = Entry(_rules(dice, 2))
    return with_parents(tree)


def small_tree(dice: random.Random) -> Files:
    """A named context."""
    tree: Files = {"a.txt": Entry("a"), "d": FOLDER, "d/x.txt": Entry(dice.choice(TEXTS))}
    for path in ("b.txt", "d/y.md", "d/e/z.txt"):
        if chance(dice, 0.4):
            tree[path] = Entry(dice.choice(TEXTS))
    if chance(dice, 0.2):
        tree[".dockerignore"] = Entry(_rules(dice, 2))
    return with_parents(tree)


def _rules(dice: random.Random, most: int) -> str:
    return "".join(f"{line}\n" for line in dice.sample(IGNORES, dice.randint(1, most)))


def with_parents(tree: Files) -> Files:
    """The tree with the directories that its paths need, sorted."""
    whole = dict(tree)
    for path in tree:
        for parent in Path(path).parents:
            if str(parent) != "." and str(parent) not in whole:
                whole[str(parent)] = FOLDER
    return dict(sorted(whole.items()))


# Changes -------------------------------------------------------------------------------------------------------


class Chosen(NamedTuple):
    """What a change works on: a copy of the tree, one of its files, and whether the daemon keeps what it was sent."""

    dice: random.Random
    tree: Files
    path: str
    warm: bool

    @property
    def entry(self) -> Entry:
        """The file that was chosen."""
        return self.tree[self.path]


def changed_tree(dice: random.Random, old: Files, warm: bool, used: str = "") -> tuple[str, Files]:
    """The context after one change, and what it was; a file that the text `used` names is seldom taken away."""
    tree = dict(old)
    files = [path for path, entry in tree.items() if entry.text is not None and path not in IGNORE_FILES]
    kind = dice.choice(KINDS)
    path = dice.choice(files)
    if kind in TAKING and path.rpartition("/")[2] in used and chance(dice, 0.85):
        kind = "edit"
    told = CHANGES[kind](Chosen(dice, tree, path, warm))
    return f"{kind} {told}", with_parents(tree)


def _edit(one: Chosen) -> str:
    text = one.dice.choice(["1", "22", "new", f"{one.entry.text}+"])
    if one.path.endswith(".tar"):
        text = archive(one.dice.choice(["1", "2"]), one.dice.choice([0, 9]))
    # A warm daemon overlooks other bytes of the same length and time.
    later = one.dice.choice([1, 1, 1, 0]) if one.warm else one.dice.choice([1, 0])
    one.tree[one.path] = one.entry._replace(text=text, time=one.entry.time + later)
    return one.path


def _touch(one: Chosen) -> str:
    one.tree[one.path] = one.entry._replace(time=one.entry.time + 7)
    return one.path


def _chmod(one: Chosen) -> str:
    path = one.path
    if chance(one.dice, 0.1 if one.warm else 0.5):  # a warm daemon overlooks modes of directories
        path = one.dice.choice([path for path, entry in one.tree.items() if entry.text is None and not entry.link])
    entry = one.tree[path]
    one.tree[path] = entry._replace(mode=entry.mode ^ one.dice.choice([0o100, 0o010, 0o022, 0o1000, 0o4000]))
    return path


def _add(one: Chosen) -> str:
    path = one.dice.choice(NEW_FILES)
    one.tree[path] = Entry(one.dice.choice(["1", "x"]), time=1_000_000_001)
    return path


def _delete(one: Chosen) -> str:
    del one.tree[one.path]
    return one.path


def _rename(one: Chosen) -> str:
    name = "renamed" + Path(one.path).suffix
    one.tree[str(Path(one.path).with_name(name))] = one.tree.pop(one.path)
    return f"{one.path} to {name}"


def _move_folder(one: Chosen) -> str:
    folders = [path for path, entry in one.tree.items() if entry.text is None and not entry.link and path != "d"]
    if not folders:
        return _rename(one)
    folder = one.dice.choice(folders)
    for path in [path for path in one.tree if f"{path}/".startswith(f"{folder}/")]:
        one.tree["moved" + path.removeprefix(folder)] = one.tree.pop(path)
    return f"{folder} to moved"


def _link(one: Chosen) -> str:
    links = [path for path, entry in one.tree.items() if entry.link]
    path = one.dice.choice(links) if links else "link"
    one.tree[path] = Entry(link=one.dice.choice(["b.txt", "a.txt", "d", "p", "d/x.txt"]))
    return path


def _retype(one: Chosen) -> str:
    """A file becomes a link to another one, or a link the file it leads to."""
    links = [path for path, entry in one.tree.items() if entry.link in one.tree and one.tree[entry.link].text]
    if links:
        path = one.dice.choice(links)
        one.tree[path] = one.tree[one.tree[path].link or ""]
        return path
    if "/" in one.path or one.path in ("a.txt", "b.txt"):
        return _touch(one)
    one.tree[one.path] = Entry(link=one.dice.choice(["a.txt", "b.txt"]))
    return one.path


def _swap(one: Chosen) -> str:
    """Two files change places; their times say so."""
    files = [path for path, entry in one.tree.items() if entry.text is not None and path != one.path]
    other = one.dice.choice([path for path in files if path not in IGNORE_FILES])
    first, second = one.entry, one.tree[other]
    one.tree[one.path], one.tree[other] = second._replace(time=first.time + 3), first._replace(time=second.time + 5)
    return f"{one.path} and {other}"


def _folder(one: Chosen) -> str:
    path = one.dice.choice(["d/more", "new", "p/e"])
    one.tree[path] = FOLDER
    return path


def _ignore(one: Chosen) -> str:
    path = ".dockerignore" if "Dockerfile.dockerignore" not in one.tree else "Dockerfile.dockerignore"
    lines = (one.tree[path].text or "").splitlines() if path in one.tree else []
    kind = one.dice.choice(["new", "more", "fewer", "order", "gone", "comment"])
    if kind == "new" or not lines:
        lines = _rules(one.dice, 3).splitlines()
    elif kind == "more":
        lines.insert(one.dice.randrange(len(lines) + 1), one.dice.choice(IGNORES))
    elif kind == "fewer":
        del lines[one.dice.randrange(len(lines))]
    elif kind == "order":
        lines.reverse()
    elif kind == "comment":
        lines.insert(0, "# why")
    if kind == "gone":
        one.tree.pop(path, None)
    else:
        text = "".join(f"{line}\n" for line in lines)
        one.tree[path] = Entry(text, time=1_000_000_000 + one.dice.randrange(1, 1000))
    return path


CHANGES: dict[str, Callable[[Chosen], str]] = {
    **{"edit": _edit, "touch": _touch, "chmod": _chmod, "add": _add, "delete": _delete, "rename": _rename},
    **{"move": _move_folder, "link": _link, "retype": _retype, "swap": _swap, "folder": _folder, "ignore": _ignore},
}
KINDS = (*CHANGES, "edit", "edit", "add", "link", "ignore")
TAKING = ("delete", "rename")


def lay(folder: Path, tree: Files) -> None:
    """Write a context anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, entry in tree.items():
        place = folder / path
        if entry.link is not None:
            place.symlink_to(entry.link)
        elif entry.text is None:
            place.mkdir()
        else:
            place.write_bytes(entry.text.encode("latin-1"))
    for path, entry in reversed(tree.items()):
        if entry.link is None:
            os.chmod(folder / path, entry.mode)
            os.utime(folder / path, (entry.time, entry.time))
