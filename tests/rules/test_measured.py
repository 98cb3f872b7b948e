"""Durations that are kept of builds, and commits: said in findings and fixes, and asked for only where one is made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from commands.running import QUIET_GIT, Ended, dcache
from dcache.analyzer.context.git import Place
from dcache.analyzer.context.history import History, history
from dcache.analyzer.costs import Costs, Project, Spent, duration, with_build
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.pipeline.costs import costs_key, costs_path, load_costs, save_costs

RULE = "order/copy-before-install"
TEXT = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm test\n"
SECONDS = {"COPY": 0.4, "RUN npm ci": 80.0, "RUN npm test": 14.2}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Dockerfile, entered; the user's cache is another one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.js").write_text("1")
    (folder / ".dockerignore").write_text("Dockerfile\n.dockerignore\n")
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}")
    (folder / "Dockerfile").write_text(TEXT)
    monkeypatch.chdir(folder)
    return folder


def keep(dockerfile: str = "Dockerfile", text: str = TEXT, **seconds: float) -> None:
    """Keep durations as a log of a build of the current folder would, by how the instructions begin."""
    wanted = SECONDS | {name.replace("_", " "): one for name, one in seconds.items()}
    ran = [
        (one, wanted[begin])
        for stage in parse(SourceFile("", text)).stages
        for one in stage.instructions
        for begin in wanted
        if one.text.startswith(begin) and wanted[begin] >= 0
    ]
    save_costs(with_build(load_costs(), costs_key(".", dockerfile), (), ran))


def lint(capsys: pytest.CaptureFixture[str], rule: str = RULE) -> Ended:
    return dcache(capsys, "lint", "--isolated", "--select", rule, "--format", "concise")


def test_a_finding_says_what_builds_took(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep()
    assert (
        "any change in the context re-runs 2 later steps (94 s as measured), `npm ci` among them; " in lint(capsys).out
    )
    (project / "Dockerfile").write_text(TEXT.replace("RUN npm test\n", ""))
    assert "re-runs `npm ci` (80 s as measured); " in lint(capsys).out


def test_durations_are_those_of_the_whole_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep()
    keep(RUN_npm_ci=100.0)
    assert "(104 s as measured)" in lint(capsys).out, "the median of two builds"


def test_what_is_known_in_part_is_a_lower_bound(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(RUN_npm_test=-1)
    assert "re-runs 2 later steps (at least 80 s as measured), " in lint(capsys).out


@pytest.mark.parametrize(
    ("rule", "text", "told"),
    [
        (
            "order/expensive-after-volatile",
            "FROM a\nCOPY . /x\nRUN apt-get update && apt-get install -y gcc\nRUN npm test\n",
            "any change in the context re-runs it and 1 later step (44 s as measured)",
        ),
        (
            "order/volatile-arg-early",
            "FROM a\nARG GIT_SHA\nRUN apt-get install -y gcc\nLABEL r=$GIT_SHA\n",
            "each new value re-runs 1 step (30 s as measured) for nothing",
        ),
        (
            "order/volatile-env-early",
            "FROM a\nENV BUILD_DATE=2026-11-20\nRUN apt-get install -y gcc\n",
            "each new value re-runs 1 step (30 s as measured) for nothing",
        ),
        (
            "mounts/cache-mount-missing",
            "FROM node\nCOPY package.json .\nRUN npm ci\nFROM b\nCOPY --from=0 /x /x\n",
            "a miss re-runs it, and it downloads everything anew (80 s as measured)",
        ),
        (
            "context/no-dockerignore",
            "FROM a\nCOPY . /x\nRUN npm test\n",
            "re-runs this step and 1 later step (15 s as measured)",
        ),
    ],
)
def test_other_rules_say_it_too(
    rule: str, text: str, told: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "Dockerfile").write_text(text)
    if rule.startswith("context"):
        (project / ".dockerignore").unlink()
    keep(text=text, RUN_apt=30.0)
    assert told in lint(capsys, rule).out


def _another_repository(_: Path) -> None:
    known = load_costs()
    save_costs(Costs({("/elsewhere", "Dockerfile"): next(iter(known.projects.values()))}))


def _another_file(project: Path) -> None:
    (project / "Dockerfile").rename(project / "web.Dockerfile")


def _another_text(project: Path) -> None:
    (project / "Dockerfile").write_text(TEXT.replace("npm ci", "npm ci -q").replace("npm test", "npm run test"))


def _no_time(_: Path) -> None:
    save_costs(Costs())
    keep(RUN_npm_ci=0.4, RUN_npm_test=0.3)


def _nothing_kept(_: Path) -> None:
    os.unlink(costs_path())


@pytest.mark.parametrize("spoil", [_another_repository, _another_file, _another_text, _no_time, _nothing_kept])
def test_nothing_is_said_of_what_was_not_measured(
    spoil: object, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    assert callable(spoil)
    spoil(project)
    ended = lint(capsys)
    assert ended.status == 1 and "measured" not in ended.out and RULE in ended.out


def test_a_file_of_costs_that_is_none_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep()
    Path(costs_path()).write_text("{")
    ended = lint(capsys)
    assert ended.status == 2 and RULE in ended.out
    assert ended.err == f"dcache: {costs_path()}: not a file of costs; delete it, it is only a cache\n"


def test_a_fix_says_what_it_saves(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep()
    ended = dcache(capsys, "fix", "--diff", "--unsafe", "--isolated", "--select", RULE)
    assert "gain: after an edit of `src/a.js`: 3 of 5 steps re-run, then 2; 80 s less as measured" in ended.err
    keep(text=TEXT.replace("COPY . .", "COPY x ."), RUN_npm_test=-1)
    _another_text(project)
    ended = dcache(capsys, "fix", "--diff", "--unsafe", "--isolated", "--select", RULE)
    assert "3 of 5 steps re-run, then 2" in ended.err and "measured" not in ended.err


def test_what_takes_no_time_is_not_worth_a_move(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "FROM debian:13\nCOPY src /app\nRUN apt-get update && apt-get install -y gcc\n"
    (project / "Dockerfile").write_text(text)
    options = ("fix", "--check", "--isolated", "--select", "order/expensive-after-volatile")
    keep(text=text, RUN_apt=30.0)
    assert dcache(capsys, *options).status == 1
    save_costs(Costs())
    keep(text=text, RUN_apt=0.3)
    assert dcache(capsys, *options).status == 0, "the prior would say 77 s"


@pytest.mark.parametrize(
    ("seconds", "told"), [(1.2, "1 s"), (59.7, "60 s"), (119.4, "119 s"), (120, "2 min"), (1900, "32 min")]
)
def test_durations_as_people_say_them(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_nothing_spent_is_not_told() -> None:
    assert (Spent(0.6, True).told, Spent(0.0, False).told) == ("", "")
    assert Project().spent(parse(SourceFile("", TEXT)).stages[0].instructions) == Spent(0.0, False)


@pytest.mark.parametrize(
    ("kept", "chain"),
    [
        ({}, "3 steps): [b 1/2] → [b 2/2] → [c 3/3]"),
        ({"RUN_x": 60.0}, "3 steps): [b 1/2] → [b 2/2] → [c 3/3]"),
        ({"RUN_x": 90.0}, "4 steps, 91 s as measured): [a 1/2] → [a 2/2] → [c 2/3] → [c 3/3]"),
        ({"RUN_pip": 9.0}, "3 steps, 9 s as measured): [b 1/2] → [b 2/2] → [c 3/3]"),
        ({"RUN_pip": 7.0}, "4 steps): [a 1/2] → [a 2/2] → [c 2/3] → [c 3/3]"),
    ],
)
def test_the_longest_chain_of_a_graph_goes_by_what_builds_took(
    kept: dict[str, float], chain: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "FROM a AS a\nRUN x\nFROM b AS b\nRUN pip install c\nFROM c AS c\nCOPY --from=a /x /\nCOPY --from=b /x /\n"
    (project / "Dockerfile").write_text(text)
    keep("Dockerfile", text, **kept)
    assert dcache(capsys, "graph").out.splitlines()[-1] == f"longest chain ({chain}"


# Commits -------------------------------------------------------------------------------------------------------


def _commit(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    git = ("git", "-C", str(folder))
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "--allow-empty", "-m", "x")):
        subprocess.run((*git, *command), check=True, env={**os.environ, **QUIET_GIT})


@pytest.mark.parametrize(
    ("copy", "told"),
    [
        ("COPY . .", "on 4 of the last 5 commits"),
        ("COPY src/ src/", "on 2 of the last 5 commits"),
        ("COPY README.md src/ ./", "on 3 of the last 5 commits"),
    ],
)
def test_a_finding_says_how_often_it_costs(
    copy: str, told: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _commit(project, Dockerfile=TEXT.replace("COPY . .", copy), README_dot_md="")
    _commit(project, src__a_dot_js="2")
    _commit(project, src__a_dot_js="3")
    _commit(project, README_dot_md="4")
    _commit(project, other="5")
    _commit(project)
    assert f"among them; what is copied there changed {told}; copy " in lint(capsys).out


def test_a_single_commit_is_no_habit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _commit(project, Dockerfile=TEXT)
    _commit(project, other="2")
    assert "what is copied there changed" not in lint(capsys).out
    _commit(project, other="3")
    assert "what is copied there changed on each of the last 2 commits" in lint(capsys).out


def test_git_is_asked_once_for_all_files(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(project, Dockerfile=TEXT, a__Dockerfile=TEXT, b__Dockerfile=TEXT, a__x="", b__x="")
    _commit(project, b__x="2")
    _commit(project, b__x="3")
    asked: list[Place] = []

    def counted(place: Place) -> History:
        asked.append(place)
        return history(place)

    monkeypatch.setattr("dcache.analyzer.context.history.history", counted)
    ended = lint(capsys)
    assert len(asked) == 1
    told = [row[row.index("changed on") :][:15] for row in ended.out.splitlines()[:3]]
    assert told == ["changed on each", "changed on none", "changed on each"]


def test_both_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "FROM debian:13\nCOPY . /app\nRUN apt-get update && apt-get install -y gcc\n"
    _commit(project, Dockerfile=text)
    _commit(project, src__a_dot_js="2")
    _commit(project, src__a_dot_js="3")
    keep(text=text, RUN_apt=30.0)
    assert (
        "re-runs it (30 s as measured); what is copied there changed on each of the last 2 commits; move "
        in lint(capsys, "order/expensive-after-volatile").out
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "FROM a\nADD https://github.com/a/b.git#main /x\nRUN apt-get update && apt-get install -y gcc\n",
            "not copied",
        ),
        ("FROM a\nCOPY . /x\nCOPY missing /y\nRUN npm ci\n", "the context is another directory"),
    ],
)
def test_no_share_is_said_of_what_is_not_in_the_context(
    text: str, why: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _commit(project, Dockerfile=text)
    _commit(project, src__a_dot_js="2")
    ended = dcache(capsys, "lint", "--isolated", "--select", "order", "--format", "concise")
    assert ended.status == 1 and "commits" not in ended.out, why


def test_a_lint_without_such_a_finding_asks_nobody(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"
    _commit(project, Dockerfile=text)

    def refused(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("dcache.pipeline.costs.load_costs", refused)
    monkeypatch.setattr("dcache.analyzer.context.history.history", refused)
    assert lint(capsys, "order").status == 0
    (project / "Dockerfile").write_text(TEXT)
    assert lint(capsys, "order").status == 3
