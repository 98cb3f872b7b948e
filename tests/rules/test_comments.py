"""Comments that ask to ignore findings: dcache's own, and those of other linters."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.rules.add_ignores import with_ignores
from dcache.rules.catalogue import rules
from dcache.rules.comments import comments
from dcache.rules.rule import Rule

from .conftest import Lint

ARG = "ARG FLAVOUR=plain\nRUN apk add curl\n"
UNUSED = "order/unused-arg"


@pytest.mark.parametrize(
    ("above", "silent"),
    [
        ("# dcache: ignore[order/unused-arg]\n", True),
        ("# dcache: ignore[order/unused-arg] our entrypoint reads it\n", True),
        ("#dcache:ignore[order]\n", True),
        ("# dcache: ignore\n", True),
        ("# dcache: ignore[stages, order/unused-arg]\n# a remark\n\n", True),
        ("# dcache: ignore-file[order/unused-arg]\n", True),
        ("# dcache: ignore[stages]\n", False),
        ("# dcache: ignored[order/unused-arg]\n", False),
        ("# dcache: ignore[order/unused-arg]\nRUN true\n", False),
        ("# dcache: this is no request to ignore[order/unused-arg]\n", False),
    ],
)
def test_what_a_comment_silences(above: str, silent: bool, lint_text: Lint) -> None:
    report = lint_text(f"FROM alpine:3.22\n{above}{ARG}", UNUSED)
    assert [one.rule for one in report.diagnostics] == ([] if silent else [UNUSED])


def test_a_comment_inside_an_instruction_is_about_it(lint_text: Lint) -> None:
    text = "FROM alpine:3.22\nARG \\\n# dcache: ignore[order]\nFLAVOUR=plain\nRUN apk add curl\n"
    assert not lint_text(text, UNUSED).diagnostics


@pytest.mark.parametrize(
    ("text", "tool", "names", "whole", "reason"),
    [
        ("# hadolint ignore=DL3006,SC1035 # why", "hadolint", ("DL3006", "SC1035"), False, "why"),
        ("# hadolint ignore = DL3006", "hadolint", ("DL3006",), False, ""),
        ("# hadolint global ignore=DL3008", "hadolint", ("DL3008",), True, ""),
        ("# tally ignore=hadolint/DL3008,NoCase;reason=so be it", "tally", ("DL3008", "NoCase"), False, "so be it"),
        ("# tally global ignore=all", "tally", (), True, ""),
        ("# dcache: ignore[a/b] -- reason", "dcache", ("a/b",), False, "reason"),
    ],
)  # fmt: skip
def test_comments_of_other_linters(text: str, tool: str, names: tuple[str, ...], whole: bool, reason: str) -> None:
    (read,) = comments(parse(SourceFile("Dockerfile", f"FROM a\n{text}\nRUN true\n")))
    assert (read.tool, read.names, read.scope is None, read.reason) == (tool, names, whole, reason)


def test_buildkits_directive(lint_text: Lint) -> None:
    (arg,) = [one for one in rules() if one.name == UNUSED]
    known = arg._replace(rule=Rule("x", "info", ("UnusedArgument",)))
    text = f"FROM alpine:3.22\n{ARG}"
    (found,) = lint_text(text, rules=(known,)).diagnostics
    assert found.severity == "info"
    by_alias = found._replace(aliases=("UnusedArgument",))
    assert by_alias.aliases == ("UnusedArgument",)
    read = comments(parse(SourceFile("Dockerfile", f"# check=skip=UnusedArgument, Other;error=true\n{text}")))
    assert [(one.tool, one.names, one.scope) for one in read] == [("buildkit", ("UnusedArgument", "Other"), None)]


def test_unused_ignores_are_told_where_the_rules_ran(lint_text: Lint) -> None:
    text = "FROM alpine:3.22\n# dcache: ignore[order/unused-arg, stages, oder]\nRUN true\n"
    found = lint_text(text, "ignores", UNUSED).diagnostics
    assert [one.message for one in found] == ["`order/unused-arg` is not found here", "`oder` is the name of no rule"]


def test_an_unused_ignore_can_be_ignored_for_the_file(lint_text: Lint) -> None:
    text = "# dcache: ignore-file[ignores/unused-ignore] for now\nFROM alpine:3.22\n# dcache: ignore[order]\nRUN true\n"
    assert not [one for one in lint_text(text, "ALL").diagnostics if one.message.startswith("`order` is")]


def test_ignores_are_added_once_for_each_instruction(lint_text: Lint) -> None:
    text = "# syntax=docker/dockerfile:1\r\nFROM alpine:3.22\r\nARG A=1 B=2\r\nRUN apk add curl\r\n"
    report = lint_text(text, UNUSED)
    assert report.source is not None and len(report.diagnostics) == 2
    edited, count = with_ignores(report.source, report.diagnostics)
    assert count == 1
    assert edited.text == text.replace("ARG A", f"# dcache: ignore[{UNUSED}]\r\nARG A")
    assert not lint_text(edited.text, UNUSED).diagnostics


def test_buildkit_skips_a_check_for_one_instruction(lint_text: Lint) -> None:
    text = "FROM alpine:3.20\n# check=skip=LegacyKeyValueFormat\nENV A 1\nENV B 2\n"
    found = lint_text(text, "style").diagnostics
    assert [text[one.primary.start : one.primary.end] for one in found] == ["B 2"]


def test_a_comment_for_hadolint_counts_where_hadolint_places_the_finding(lint_text: Lint) -> None:
    text = 'FROM alpine:3.20\nCMD ["a"]\n# hadolint ignore=DL4003\nCMD ["b"]\n'
    assert not lint_text(text, "correctness").diagnostics
    assert lint_text(text.replace("hadolint ", "tally "), "correctness").diagnostics
