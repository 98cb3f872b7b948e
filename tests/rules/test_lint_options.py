"""Options of `dcache lint` that choose what is reported: baselines, changed lines, thresholds, files git ignores."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dcache.cli.main import dcache

ARG = "FROM alpine:3.22\nARG FLAVOUR=plain\nRUN apk add curl\n"


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(ARG)


def lint(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(dcache, ["lint", "--isolated", "--select", "order,stages", *arguments], input=stdin)


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_a_baseline_hides_what_it_accepts_and_nothing_new() -> None:
    written = lint("--baseline", "base.json", "--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "nothing found in 1 file; the baseline accepts 1\n")
    assert lint("--baseline", "base.json").exit_code == 0
    Path("Dockerfile").write_text(ARG.replace("ARG", "\n# moved\nARG", 1))
    assert lint("--baseline", "base.json").exit_code == 0
    Path("Dockerfile").write_text(ARG.replace("RUN", "ARG TASTE=sweet\nRUN"))
    result = lint("--baseline", "base.json")
    assert result.exit_code == 1
    assert "`ARG TASTE`" in result.stdout and "`ARG FLAVOUR`" not in result.stdout


def test_a_baseline_shrinks() -> None:
    lint("--baseline", "base.json", "--write-baseline")
    Path("Dockerfile").write_text("FROM alpine:3.22\n")
    assert "1 of the baseline's findings is gone: --shr" in lint("--baseline", "base.json").stdout
    assert lint("--baseline", "base.json", "--shrink-baseline", "--diff-base", "HEAD").exit_code == 2
    lint("--baseline", "base.json", "--shrink-baseline")
    assert json.loads(Path("base.json").read_text()) == {"version": 1, "findings": []}
    Path("Dockerfile").write_text(ARG)
    assert lint("--baseline", "base.json").exit_code == 1


def test_a_baseline_keeps_what_was_not_looked_at() -> None:
    for name in ("other.Dockerfile", "gone.Dockerfile"):
        Path(name).write_text(ARG)
    lint("--baseline", "base.json", "--write-baseline")
    Path("gone.Dockerfile").unlink()
    Path("other.Dockerfile").write_text("NOPE\n")
    assert "accepts 2; 1 of" in lint("Dockerfile", "--baseline", "base.json").stdout  # a hook names what is staged only
    lint("--baseline", "base.json", "--shrink-baseline")
    kept = [one["file"] for one in json.loads(Path("base.json").read_text())["findings"]]
    assert kept == ["Dockerfile", "other.Dockerfile"]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ([], ["pinning/apk-unpinned"]),
        (["--select", "pinning"], []),
        (["--select", "pinning", "--ignore", "order"], ["order/unused-arg"]),
        (["--select", "pinning", "--per-file-ignores", "x:order"], []),
        (["--select", "pinning", "--severity", "error"], ["order/unused-arg", "pinning/apk-unpinned"]),
        (["--select", "pinning", "--confidence", "high"], ["order/unused-arg", "pinning/apk-unpinned"]),
    ],
)
def test_a_baseline_keeps_rules_that_are_left_out_for_once(options: list[str], kept: list[str]) -> None:
    lint("--select", "pinning", "--baseline", "base.json", "--write-baseline")
    Path("Dockerfile").write_text("FROM alpine:3.22\n")
    for change in ("--write-baseline", "--shrink-baseline"):
        lint(*options, "--baseline", "base.json", change)
        assert [one["rule"] for one in json.loads(Path("base.json").read_text())["findings"]] == kept


def test_a_baseline_written_for_some_files_keeps_the_others() -> None:
    names = ["broken.Dockerfile", "gone.Dockerfile", "linted.Dockerfile", "other.Dockerfile"]
    for name in names:
        Path(name).write_text(ARG)
    lint("--baseline", "base.json", "--write-baseline")
    Path("gone.Dockerfile").unlink()
    Path("broken.Dockerfile").write_text("NOPE\n")
    Path("linted.Dockerfile").write_text("FROM alpine:3.22\n")
    Path("Dockerfile").write_text(ARG + "ARG TASTE=sweet\nRUN apk add wget\n")
    written = lint(
        "Dockerfile", "broken.Dockerfile", "linted.Dockerfile", "--baseline", "base.json", "--write-baseline"
    )
    assert written.stdout == "nothing found in 3 files; the baseline accepts 4\n"
    kept = [one["file"] for one in json.loads(Path("base.json").read_text())["findings"]]
    assert kept == ["Dockerfile", "Dockerfile", "broken.Dockerfile", "other.Dockerfile"]
    assert lint("Dockerfile", "other.Dockerfile", "--baseline", "base.json").exit_code == 0


@pytest.mark.parametrize("options", [[], ["--write-baseline"], ["--shrink-baseline"]])
@pytest.mark.parametrize("text", ["", "{}", "[" * 100_000, '{"version": 2, "findings": []}'])
def test_a_broken_baseline_is_told(text: str, options: list[str]) -> None:
    Path("base.json").write_text(text)
    result = lint("--baseline", "base.json", *options)
    assert "--baseline base.json: " in str(result.exception) and "--write-baseline" in str(result.exception)
    assert Path("base.json").read_text() == text


def test_only_changed_lines_count() -> None:
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "a")
    assert lint("--diff-base", "HEAD").exit_code == 0
    Path("Dockerfile").write_text(ARG + "ARG TASTE=sweet\nRUN apk add wget\n")
    result = lint("--diff-base", "HEAD")
    assert "`ARG TASTE`" in result.stdout and "`ARG FLAVOUR`" not in result.stdout
    Path("new.Dockerfile").write_text(ARG)
    assert "`ARG FLAVOUR`" in lint("--diff-base", "HEAD", "new.Dockerfile").stdout
    result = lint("--diff-base", "nowhere", "Dockerfile", "new.Dockerfile")
    assert str(result.exception).startswith("--diff-base nowhere: bad revision `nowhere`")
    assert result.stdout == ""


def test_what_git_ignores_is_skipped_unless_it_is_named() -> None:
    git("init", "-q")
    Path("build").mkdir()
    Path("build/Dockerfile").write_text(ARG)
    Path(".gitignore").write_text("build/\n")
    assert lint("--show-files").stdout.split() == ["Dockerfile"]
    assert lint("--show-files", "--no-respect-gitignore").stdout.split() == ["Dockerfile", "build/Dockerfile"]
    assert lint("--show-files", "build/Dockerfile").stdout.split() == ["build/Dockerfile"]


def test_thresholds() -> None:
    assert lint().exit_code == 1
    assert lint("--fail-on", "warning").exit_code == 0
    assert lint("--fail-on", "never").exit_code == 0
    assert lint("--exit-zero").exit_code == 0
    assert "nothing found" in lint("--severity", "warning").stdout


def test_standard_input_can_have_a_name() -> None:
    result = lint("-", "--stdin-filename", "sub/Dockerfile", "--format", "concise", stdin=ARG)
    assert result.stdout.startswith("sub/Dockerfile:2:5: info order/unused-arg")


def test_several_processes_find_the_same_in_the_same_order() -> None:
    for number in range(5):
        Path(f"{number}.Dockerfile").write_text(ARG.replace("FLAVOUR", f"A{number}"))
    assert lint("-j", "2", "--format", "json").stdout == lint("--format", "json").stdout


def test_statistics_and_output_file() -> None:
    assert lint("--statistics").stdout == "     1  order/unused-arg  in 1 file\n     1  in 1 file\n"
    assert lint("-o", "out.json", "--format", "json").stdout == ""
    assert json.loads(Path("out.json").read_text())["summary"]["findings"] == 1


def test_add_ignore() -> None:
    assert lint("--add-ignore").stdout == "Dockerfile: 1 comment added\n"
    assert lint().exit_code == 0
    assert lint("--disable-comments").exit_code == 1
    assert lint("--add-ignore").stdout == "nothing found that a comment could ignore\n"


def test_without_git_nothing_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    git("init", "-q")
    Path(".gitignore").write_text("Dockerfile\n")
    assert str(lint("--show-files").exception).startswith("no Dockerfile below `.`")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lint("--show-files").stdout.split() == ["Dockerfile"]
    assert lint().exit_code == 1


def test_what_is_excluded_may_be_left_out_though_it_is_named() -> None:
    assert lint("--show-files", "--exclude", "Docker*", "Dockerfile").stdout.split() == ["Dockerfile"]
    Path("web.Dockerfile").write_text(ARG)
    named = ("--exclude", "Docker*", "--force-exclude", "Dockerfile")
    assert lint("--show-files", *named, "web.Dockerfile").stdout.split() == ["web.Dockerfile"]
    assert lint("--show-files", *named).stdout == ""
    assert (lint(*named).exit_code, lint(*named).stdout) == (0, "nothing found in 0 files\n")
