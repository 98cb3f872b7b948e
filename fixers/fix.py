"""Finds the cure of a finding. The cure of the rule `order/unused-arg` is `fixes` in `fixers/order/unused_arg.py`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

from ..rules.catalogue import rules
from ..rules.facts import Facts
from ..rules.rule import Diagnostic, Fix
from ..rules.run import Cure

Fixes = Callable[[Diagnostic, Facts], Iterator[Fix]]
"""The fixes of one finding, the best first."""


@cache
def has_cure(rule: str) -> bool:
    """Whether a rule has a cure; it may have none for a finding."""
    path = rule.replace("-", "_").replace("/", os.sep)
    return os.path.isfile(os.path.join(os.path.dirname(__file__), f"{path}.py"))


def _module(rule: str) -> ModuleType | None:
    theme, _, name = rule.replace("-", "_").partition("/")
    return import_module(f".{theme}.{name}", __package__) if has_cure(rule) else None


def fixes_of(rule: str) -> Fixes | None:
    """What gives the fixes of a rule's findings, None where nothing cures it."""
    module = _module(rule)
    found: Fixes | None = None if module is None else module.fixes
    return found


def about(rule: str) -> str:
    """What the cure of a rule does and how safe it is: the docstring of its module, "" where there is none."""
    module = _module(rule)
    return "" if module is None else (module.__doc__ or "").strip()


def curable() -> tuple[str, ...]:
    """The names of all rules that have a cure."""
    return tuple(rule.name for rule in rules() if has_cure(rule.name))


def cure(*, unsafe: bool) -> Cure:
    """What gives a finding its best fix; where not `unsafe`, its best safe one."""

    def best(found: Diagnostic, see: Facts) -> Fix | None:
        fixes = fixes_of(found.rule)
        if fixes is None:
            return None
        return next((one for one in fixes(found, see) if one.safe or unsafe), None)

    return best
