"""The examples in the rule files are true: BAD is reported where it is marked, GOOD is not reported."""

from __future__ import annotations

import re

import pytest

from dcache.rules.catalogue import LoadedRule, rules
from dcache.rules.rule import Example
from dcache.rules.run import FileReport
from dcache.rules.silence import Ignores

from .conftest import Lint

SECTIONS = ["What it finds", "Why it costs", "When to allow it", "References"]


def _examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{at}")
        for rule in rules()
        for at, example in enumerate(getattr(rule.module, kind))
    ]


def _found(lint_text: Lint, rule: LoadedRule, example: Example) -> FileReport:
    """What a rule finds in an example; one about comments needs the others, which the comments are about."""
    names = [rule.name] if rule.subject is not Ignores else [rule.name, "ALL"]
    report = lint_text(example.text, *names, context=example.context)
    return report._replace(diagnostics=tuple(one for one in report.diagnostics if one.rule == rule.name))


@pytest.mark.parametrize(("rule", "example"), _examples("BAD"))
def test_bad_is_reported_where_it_is_marked(rule: LoadedRule, example: Example, lint_text: Lint) -> None:
    report = _found(lint_text, rule, example)
    assert not report.crashes
    assert report.refusal is None or rule.name == "correctness/syntax-error"
    assert [one.primary for one in report.diagnostics] == [example.span]


@pytest.mark.parametrize(("rule", "example"), _examples("GOOD"))
def test_good_is_not_reported(rule: LoadedRule, example: Example, lint_text: Lint) -> None:
    report = _found(lint_text, rule, example)
    assert not report.crashes
    assert example.span is None
    assert [one.sentence for one in report.diagnostics] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_the_docstring_has_its_sections(rule: LoadedRule) -> None:
    docstring = rule.module.__doc__ or ""
    assert re.findall(r"^## (.+)$", docstring, re.MULTILINE) == SECTIONS
    assert docstring.partition("\n")[0].endswith(".")


@pytest.mark.parametrize(("rule", "example"), _examples("BAD"))
def test_a_message_is_a_clause(rule: LoadedRule, example: Example, lint_text: Lint) -> None:
    for one in _found(lint_text, rule, example).diagnostics:
        assert "`" in one.message, "the found value stands in backticks"
        assert one.cost and one.cure
        for clause in (one.message, one.cost, one.cure):
            assert not clause.endswith(".") and "\n" not in clause
