"""What git tells of the past: which commits changed what a copy takes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.analyzer.context import ContextError, read_ignore, selection
from dcache.analyzer.context import history as histories
from dcache.analyzer.context.git import find
from dcache.analyzer.context.history import History, history, history_path, read_log
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.analyzer.volatility import Often, Volatility
from dcache.fixers.apply import Files, fix_file
from dcache.rules.catalogue import chosen
from dcache.rules.facts import Facts, OpenContext
from dcache.rules.files import Contexts
from dcache.rules.run import Settings


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    return folder


def _git(folder: Path, *words: str) -> None:
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(folder)}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@example.com"}
    subprocess.run(["git", "-C", str(folder), *words], check=True, env={**os.environ, **who}, capture_output=True)


def _commit(folder: Path, **files: str | None) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink() if text is None else path.write_text(text)
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "--allow-empty", "-m", "x")


def _history(folder: Path) -> History:
    place = find(str(folder))
    assert place is not None
    return history(place)


def test_each_commit_is_told_the_newest_first(repo: Path) -> None:
    _commit(repo, a="1")
    _commit(repo, a="2", src__b="1")
    _commit(repo)
    _commit(repo, src__b=None)
    assert _history(repo).commits == (("src/b",), (), ("a", "src/b"))


def test_a_merge_is_what_it_brings_to_its_first_parent(repo: Path) -> None:
    _commit(repo, a="1")
    _git(repo, "checkout", "-q", "-b", "side")
    _commit(repo, b="1")
    _commit(repo, c="1")
    _git(repo, "checkout", "-q", "main")
    _commit(repo, a="2")
    _git(repo, "merge", "-q", "--no-ff", "-m", "m", "side")
    assert _history(repo).commits == (("b", "c"), ("a",))


@pytest.mark.parametrize("name", ["a b", 'ä\n"x"', "-x", "\udcff"])
def test_any_name_is_kept(repo: Path, name: str) -> None:
    _commit(repo, a="1")
    (repo / name).write_text("1")
    _commit(repo)
    assert _history(repo).commits == ((name,),)
    assert _history(repo).commits == ((name,),)  # from the file


def test_only_the_newest_are_looked_at(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "COMMITS", 3)
    for number in range(5):
        _commit(repo, a=str(number))
    assert len(_history(repo).commits) == 3


def test_git_is_asked_once_for_a_commit(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _commit(repo, a="1")
    _commit(repo, a="2")
    first = _history(repo)
    place = find(str(repo))
    assert place is not None and os.path.isfile(history_path(place))
    with monkeypatch.context() as patch:
        patch.setattr(histories, "Repository", None)
        assert _history(repo) == first
    _commit(repo, b="1")
    assert len(_history(repo).commits) == 2


@pytest.mark.parametrize("text", ["", "{}", '[1, "x"]', '[2, "x", []]', '[1, "x", 3]', "[" * 5000])
def test_a_file_that_is_none_of_ours_is_written_anew(repo: Path, text: str) -> None:
    _commit(repo, a="1")
    _commit(repo, a="2")
    place = find(str(repo))
    assert place is not None
    os.makedirs(os.path.dirname(history_path(place)))
    Path(history_path(place)).write_text(text)
    assert _history(repo).commits == (("a",),)
    assert json.loads(Path(history_path(place)).read_text())[0] == 1


def test_a_cache_that_cannot_be_written_is_done_without(repo: Path, cache: Path) -> None:
    _commit(repo, a="1")
    _commit(repo, a="2")
    cache.write_text("no directory")
    assert _history(repo).commits == (("a",),)


def test_a_repository_without_a_commit_has_no_past(repo: Path) -> None:
    assert _history(repo) == History("", ())


def test_settings_of_the_repository_run_nothing(repo: Path, tmp_path: Path) -> None:
    _commit(repo, a="1")
    _commit(repo, a="2")
    mark = tmp_path / "mark"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    for name in ("gpg.program", "diff.external", "core.pager", "core.fsmonitor"):
        _git(repo, "config", name, str(script))
    _git(repo, "config", "log.showSignature", "true")
    _git(repo, "config", "log.diffMerges", "off")
    assert _history(repo).commits == (("a",),)
    assert not mark.exists()


def test_a_broken_repository_is_told(repo: Path) -> None:
    _commit(repo, a="1")
    commit = (repo / ".git" / "refs" / "heads" / "main").read_text().strip()
    _commit(repo, a="2")
    (repo / ".git" / "objects" / commit[:2] / commit[2:]).unlink()
    with pytest.raises(ContextError):
        _history(repo)


def test_an_empty_log_is_an_empty_history() -> None:
    assert read_log("x", b"").commits == ()


# What a copy takes ---------------------------------------------------------------------------------------


_PAST = History("x", (("app/src/a.py",), ("app/package.json", "other/x"), ("app/src/a.py", "app/old.txt"), ("README",)))


@pytest.mark.parametrize(
    ("source", "options", "builds"),
    [
        (".", {}, 0b0111),
        ("src", {}, 0b0101),
        ("src/", {}, 0b0101),
        ("src/a.py", {}, 0b0101),
        ("package.json", {}, 0b0010),
        ("package*.json", {}, 0b0010),
        ("old.txt", {}, 0b0100),
        ("*", {}, 0b0111),
        (".", {"exclude": ("src",)}, 0b0110),
        ("src/*.py", {"parents": True}, 0b0101),
        ("missing", {}, 0),
        ("sr", {}, 0),
    ],
)
def test_a_copy_changes_with_what_it_takes(source: str, options: dict[str, object], builds: int) -> None:
    volatility = Volatility(_PAST, "app", read_ignore(""))
    found = volatility.often(selection(source, **options))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert found == Often(builds, 4)


def test_what_is_ignored_changes_nothing() -> None:
    assert Volatility(_PAST, "app", read_ignore("src\n")).often(selection(".")).builds == 0b0110
    assert Volatility(_PAST, "", read_ignore("")).often(selection(".")).builds == 0b1111


def test_several_are_counted_together() -> None:
    found = Volatility(_PAST, "app", read_ignore("")).often(selection("src"), selection("package.json"))
    assert found.builds == 0b0111
    assert (found.commits, found.share, found.told) == (3, 0.75, "on 3 of the last 4 commits")
    assert Often(0, 0).share == 0.0


@pytest.mark.parametrize(
    ("builds", "observed", "told"),
    [
        (0, 0, ""),
        (0, 1, ""),
        (1, 1, ""),
        (0, 2, "on none of the last 2 commits"),
        (1, 2, "on 1 of the last 2 commits"),
        (3, 2, "on each of the last 2 commits"),
        (5, 200, "on 2 of the last 200 commits"),
    ],
)
def test_one_commit_tells_nothing(builds: int, observed: int, told: str) -> None:
    assert Often(builds, observed).told == told


def test_a_file_that_became_a_directory_is_both() -> None:
    past = History("x", (("a/b",), ("a",)))
    assert Volatility(past, "", read_ignore("")).often(selection("a")).builds == 0b11


def test_facts_ask_git_where_they_are_asked(repo: Path) -> None:
    _commit(repo, Dockerfile="FROM a\n", a="1")
    _commit(repo, a="2")
    contexts = Contexts()
    path = str(repo / "Dockerfile")
    see = Facts(parse(SourceFile(path, "FROM a\n")), lambda: contexts.of(path, None))
    assert see.volatility is not None
    assert see.volatility.often(selection("a")) == Often(1, 1)
    assert Facts(parse(SourceFile(path, "FROM a\n"))).volatility is None


def _no_text(_path: str) -> str:
    return ""


def test_a_fix_tells_how_often_it_helps(repo: Path) -> None:
    text = "FROM debian:13\nCOPY . /app\nRUN apt-get update && apt-get install -y gcc\n"
    for number in range(4):
        _commit(repo, Dockerfile=text, a=str(number // 2), b_dot_py=str(number))
    path = str(repo / "Dockerfile")

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts).of(path, None)

    rules = chosen(["order/expensive-after-volatile"])
    fixed = fix_file(SourceFile(path, text), rules, Files(_no_text, opened), Settings("low"))
    assert [one.fix.gain for one in fixed.applied] == [
        "after an edit of `a`: 2 of 3 steps re-run, then 1; "
        "what is copied with it changed on each of the last 3 commits"
    ]


def test_what_did_not_change_on_many_commits_is_not_worth_a_move(repo: Path) -> None:
    text = "FROM debian:13\nCOPY src /app\nRUN apt-get update && apt-get install -y gcc\n"
    for number in range(23):
        _commit(repo, Dockerfile=text, src__b="1", other=str(number))
    path = str(repo / "Dockerfile")

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts).of(path, None)

    rules = chosen(["order/expensive-after-volatile"])
    assert not fix_file(SourceFile(path, text), rules, Files(_no_text, opened), Settings("low")).applied


def test_a_pattern_that_the_engine_refuses_is_no_fault_of_ours(repo: Path) -> None:
    text = "FROM debian:13\nCOPY src/[ /x/\nCOPY src /app\nRUN apt-get update && apt-get install -y gcc\n"
    for number in range(3):
        _commit(repo, Dockerfile=text, src__b=str(number))
    path = str(repo / "Dockerfile")

    def opened(texts: Mapping[str, str]) -> OpenContext:
        return lambda: Contexts(texts).of(path, None)

    rules = chosen(["order/expensive-after-volatile"])
    assert fix_file(SourceFile(path, text), rules, Files(_no_text, opened), Settings("low")).applied


def test_no_git_no_past(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    (tmp_path / "a").write_text("")
    path = str(tmp_path / "Dockerfile")
    see = Facts(parse(SourceFile(path, "FROM a\n")), lambda: Contexts().of(path, None))
    assert see.volatility is None
