"""What holds of every cure."""

from __future__ import annotations

from pathlib import Path

import pytest

import dcache
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.fixers.fix import about, curable
from dcache.rules.catalogue import LoadedRule, rules

from .conftest import FixText

FOLDER = Path(dcache.__file__).parent / "fixers"
CURED = [pytest.param(rule, id=rule.name) for rule in rules() if rule.name in curable()]
LONGEST_TITLE = 120
# What has to run, too, for a rule to find its examples.
BESIDE = {"ignores/unused-ignore": ("order/unused-arg",)}


def test_every_cure_has_the_name_of_a_rule() -> None:
    modules = {f"{path.parent.name}/{path.stem.replace('_', '-')}" for path in FOLDER.glob("*/*.py")}
    assert {name for name in modules if not name.endswith("--init--") and "/-" not in name} == set(curable())


@pytest.mark.parametrize("rule", CURED)
def test_it_says_what_it_does(rule: LoadedRule) -> None:
    assert about(rule.name).partition("\n")[0].endswith(".")


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("rule", CURED)
def test_examples_are_cured_and_stay_so(rule: LoadedRule, unsafe: bool, fix_text: FixText) -> None:
    cured = 0
    for example in rule.module.BAD:
        names = rule.name, *BESIDE.get(rule.name, ())
        first = fix_text(example.text, *names, context=example.context, unsafe=unsafe)
        assert not first.report.crashes
        assert first.settled and not first.withdrawn, first.withdrawn
        for one in first.applied:
            assert one.fix.title and not one.fix.title.endswith(".") and len(one.fix.title) <= LONGEST_TITLE
            assert one.fix.safe or unsafe
            assert bool(one.fix.assumes) != one.fix.safe
        if not first.applied:
            continue
        cured += 1
        text = first.texts.get("Dockerfile", example.text)
        assert len(parse(SourceFile("", text)).problems) <= len(parse(SourceFile("", example.text)).problems)
        context = None if example.context is None else {**example.context, **first.texts}
        again = fix_text(text, *names, context=context, unsafe=unsafe)
        assert not again.applied
    assert cured or not unsafe or not rule.module.BAD, "no example shows the cure"


@pytest.mark.parametrize("rule", CURED)
def test_what_is_right_is_left_alone(rule: LoadedRule, fix_text: FixText) -> None:
    for example in rule.module.GOOD:
        assert not fix_text(example.text, rule.name, context=example.context, unsafe=True).applied
