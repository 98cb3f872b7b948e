"""ShellCheck on RUN instructions: where its remarks stand in the file, and what is said where it is missing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from dcache.rules.catalogue import chosen
from dcache.rules.run import FileReport
from dcache.rules.shell.shellcheck import Options

from .conftest import Lint

RULE = "shell/shellcheck"


def _found(report: FileReport) -> list[tuple[str, str]]:
    """The codes and the texts that they stand at."""
    assert not report.crashes and report.failure is None and report.source is not None
    text = report.source.text
    return [((one.aliases or ("",))[0], text[slice(*one.primary)]) for one in report.diagnostics]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("RUN X=$(date) && echo $X", [("SC2086", "$X")]),
        ("RUN X=$(date) && \\\n # a note\n\n  echo é \\\n $X", [("SC2086", "$X")]),
        ("RUN --mount=type=cache,target=/x \\\n\tX=$(date);\techo 😀 $X", [("SC2086", "$X")]),
        ("RUN <<EOF\nX=$(date)\necho $X\nEOF", [("SC2086", "$X")]),
        ("RUN <<EOF\n#!/bin/bash\nX=$(date)\n[[ $X ]] && echo $X\nEOF", [("SC2086", "$X")]),
        ("RUN <<-EOF\n\tX=$(date)\n\techo $X\nEOF", [("SC2086", "\tX=$(date)\n\techo $X\n")]),
        ("RUN X=$(date) && cat <<EOF > $X\n$X\nEOF", [("SC2086", "$X")]),
        ("RUN cat <<A 3<<B && X=$(date) && echo $X\n'\nA\n\"\nB", [("SC2086", "$X")]),
        ("ONBUILD RUN X=$(date) && echo $X", [("SC2086", "$X")]),
        ("# hadolint shell=ksh\nRUN [[ -f /x ]]", []),
        ("# shellcheck shell=bash\nRUN [[ -f /x ]]", []),
        ('SHELL ["/bin/ash", "-o", "pipefail", "-c"]\nRUN date | wc -l', []),
        ('SHELL ["/bin/bash", "-c"]\nFROM debian\nRUN [[ -f /x ]]', [("SC3010", "[[ -f /x ]]")]),
        ('SHELL ["/bin/bash", "-c"]\nFROM x\nRUN [[ -f /x ]]', []),
        ("ENV X=1\nFROM x\nRUN echo $X $http_proxy", []),
        ("RUN <<EOF\n#!/usr/bin/python3\necho $X\nEOF", []),
    ],
)
def test_remarks_stand_where_they_are(body: str, found: list[tuple[str, str]], lint_text: Lint) -> None:
    report = lint_text(f"FROM debian AS x\n{body}\n", RULE)
    assert _found(report) == found


def test_a_fault_is_reported_in_the_run_that_has_it(lint_text: Lint) -> None:
    text = "FROM debian\nRUN true\nRUN echo 'a\nRUN true\n"
    report = lint_text(text, RULE)
    assert {code for code, _ in _found(report)} == {"SC1073", "SC1072", "SC1009"}
    assert all(text.index("echo") <= one.primary.start <= text.index("'a") + 2 for one in report.diagnostics)


def test_it_is_off_unless_it_is_selected() -> None:
    assert RULE not in {rule.name for rule in chosen()}
    assert RULE in {rule.name for rule in chosen([RULE])}
    assert RULE not in {rule.name for rule in chosen(["shell"])}


def test_levels_are_severities(lint_text: Lint) -> None:
    report = lint_text("FROM debian\nRUN X=$(date) && echo $X `date`\nRUN [[ -f /x ]]\n", RULE)
    assert {code: one.severity for (code, _), one in zip(_found(report), report.diagnostics, strict=True)} == {
        "SC2086": "info",
        "SC2046": "warning",
        "SC2006": "info",
        "SC3010": "warning",
    }


def test_codes_can_be_left_out(lint_text: Lint) -> None:
    options = {RULE: Options(ignore=("SC2086",), shell="bash")}
    assert not lint_text("FROM debian\nRUN X=$(date) && [[ -f /x ]] && echo $X\n", RULE, options=options).diagnostics


def test_all_runs_of_a_file_are_one_process(lint_text: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Sequence[str]] = []
    run: Callable[..., Any] = subprocess.run

    def counted(command: Sequence[str], **named: Any) -> Any:
        started.append(command)
        return run(command, **named)

    monkeypatch.setattr(subprocess, "run", counted)
    report = lint_text("FROM debian\n" + "RUN echo $(date)\n" * 20, RULE)
    assert len(started) == 1
    assert len({one.primary.start for one in report.diagnostics}) == 20


def _nowhere(*_: object, **__: object) -> None:
    return None


def _failing(*_: object, **__: object) -> str:
    return "/bin/false"


def test_a_file_without_runs_starts_nothing(lint_text: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", _nowhere)
    assert lint_text('FROM debian\nRUN ["a"]\n', RULE).failure is None


def test_a_missing_program_is_said(lint_text: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", _nowhere)
    report = lint_text("FROM debian\nRUN true\n", RULE)
    assert not report.diagnostics and not report.crashes
    assert report.failure is not None and "no program `shellcheck`" in report.failure


def test_a_program_that_fails_is_said(lint_text: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", _failing)
    report = lint_text("FROM debian\nRUN true\n", RULE)
    assert report.failure is not None and report.failure.startswith("ShellCheck failed")
