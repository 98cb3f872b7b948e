"""Finds the rules, and chooses among them by name, alias or theme.

A rule is a module `<theme>/<rule>.py` with `RULE` and `check`; the annotation of `check`'s first parameter says what it
is called with, and so what has to be built for it: Instruction, Stage, Dockerfile, BuildPlan, BuildGraph or Ignores.
Where the module has `Options`, a NamedTuple with a default for each field, `check` gets one as its third parameter.

What the modules say of themselves stands in the index as well, so that a lint loads only the rules that have something
to look at: `dcache rules --write-index rules/index.tsv` writes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import import_module
from types import ModuleType

from ..analyzer.dockerfile import syntax
from ..analyzer.dockerfile.syntax import Dockerfile, Instruction, Stage
from ..analyzer.graph import BuildGraph
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.plans import BuildPlan
from ..analyzer.typing import Any
from .rule import SEVERITIES, Diagnostic, Rule
from .silence import Ignores

SUBJECTS: tuple[type, ...] = (Instruction, Stage, Dockerfile, BuildPlan, BuildGraph, Ignores)
"""What a rule can look at, the cheapest first; rules on Ignores run after all others."""

INDEX = "index.tsv"
_SUBJECTS = {one.__name__: one for one in SUBJECTS}


class LoadedRule(NamedTuple):
    """A rule: its name, what it looks at, and its function, which takes `Options` as a third parameter if so said.

    `check` is None where the module is not loaded yet; `function` loads it.
    """

    name: str
    rule: Rule
    subject: type
    check: Callable[..., Iterator[Diagnostic]] | None
    has_options: bool = False

    @property
    def function(self) -> Callable[..., Iterator[Diagnostic]]:
        """What looks at a subject; its module is loaded if it was not yet."""
        found: Callable[..., Iterator[Diagnostic]] = self.check or self.module.check
        return found

    @property
    def theme(self) -> str:
        """The folder that the rule lies in."""
        return self.name.partition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All names that mean it: its own, its theme's and its aliases."""
        return self.name, self.theme, *self.rule.aliases

    @property
    def module(self) -> ModuleType:
        """Its module, which is loaded if it was not yet."""
        return _module(self.name)

    @property
    def options(self) -> Any:
        """The options with which it runs if none are given, None where it takes none."""
        return _options(self.name) if self.has_options else None


class UnknownRule(Exception):
    """A name that is neither a rule nor a theme nor an alias; the message is one line."""


@cache
def rules() -> tuple[LoadedRule, ...]:
    """All rules, by name, as the index lists them: a rule's module is loaded when it is first called."""
    with open(os.path.join(os.path.dirname(__file__), INDEX), encoding="utf-8") as file:
        return tuple(_listed(*line.rstrip("\n").split("\t")) for line in file)


def index() -> str:
    """What the index should hold: a line for each rule, as the modules say."""
    return "".join(
        "\t".join(
            (
                one.name,
                one.subject.__name__,
                one.rule.severity,
                "default" if one.rule.default else "",
                "options" if one.has_options else "",
                "optional" if one.rule.optional else "",
                str(one.rule.stages),
                *(" ".join(names) for names in ([kind.__name__ for kind in one.rule.on], one.rule.words)),
                " ".join(one.rule.aliases),
                one.rule.summary,
            )
        )
        + "\n"
        for one in _scanned()
    )


def loaded(name: str, module: ModuleType) -> LoadedRule:
    """The rule in a module; TypeError where it has none or looks at something unknown."""
    rule = getattr(module, "RULE", None)
    check = getattr(module, "check", None)
    if not isinstance(rule, Rule) or check is None:
        raise TypeError(f"rule {name}: the module needs RULE = Rule(…) and a function check")
    annotation = next(iter(check.__annotations__.values()), None)
    subject = getattr(module, annotation, None) if isinstance(annotation, str) else annotation
    if subject not in SUBJECTS:
        allowed = ", ".join(one.__name__ for one in SUBJECTS)
        raise TypeError(f"rule {name}: check's first parameter is {annotation}; it can be one of {allowed}")
    return LoadedRule(name, rule, subject, check, hasattr(module, "Options"))


def _scanned() -> Iterator[LoadedRule]:
    """All rules, by name, from their modules."""
    folder = os.path.dirname(__file__)
    for theme in sorted(os.listdir(folder)):
        path = os.path.join(folder, theme)
        if theme.startswith(("_", ".")) or not os.path.isdir(path):
            continue
        for file in sorted(os.listdir(path)):
            stem, extension = os.path.splitext(file)
            if extension == ".py" and not stem.startswith("_"):
                name = f"{theme}/{stem.replace('_', '-')}"
                yield loaded(name, _module(name))


def _listed(
    name: str,
    subject: str,
    severity: str,
    default: str,
    options: str,
    optional: str,
    stages: str,
    on: str,
    words: str,
    aliases: str,
    summary: str,
) -> LoadedRule:
    kinds = tuple(getattr(syntax, kind) for kind in on.split())
    rule = Rule(
        summary,
        SEVERITIES[SEVERITIES.index(severity)],
        tuple(aliases.split()),
        kinds,
        bool(default),
        tuple(words.split()),
        int(stages),
        bool(optional),
    )
    return LoadedRule(name, rule, _SUBJECTS[subject], None, bool(options))


@cache
def words() -> frozenset[str]:
    """All words without one of which some rule has nothing to look for, in lower case."""
    return frozenset(word for one in rules() for word in one.rule.words)


@cache
def _options(name: str) -> Any:
    return _module(name).Options()


@cache
def _module(name: str) -> ModuleType:
    return import_module("." + name.replace("/", ".").replace("-", "_"), __package__)


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[LoadedRule, ...]:
    """The rules that are selected and not ignored, by name; UnknownRule.

    A name is a rule's, an alias, a theme's, or ALL. The narrower name wins: `--ignore order --select order/unused-arg`
    leaves that one rule of the theme. Without any selected name, the rules are those that are on by default.
    """
    selected, ignored = frozenset(select), frozenset(ignore)
    every = rules()
    known = {name for rule in every for name in rule.names} | {"ALL"}
    for name in sorted(selected | ignored):
        if name not in known:
            raise UnknownRule(_unknown(name, known))
    return tuple(rule for rule in every if _reach(rule, selected or {"default"}) > _reach(rule, ignored))


@cache
def known_names() -> frozenset[str]:
    """All names of all rules, in lower case."""
    return frozenset(name.lower() for rule in rules() for name in rule.names)


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """The aliases of the rules, by name."""
    return {rule.name: rule.rule.aliases for rule in rules()}


def _reach(rule: LoadedRule, names: AbstractSet[str]) -> int:
    """How narrowly names mean a rule: 3 by name or alias, 2 by theme, 1 with all others, 0 not at all."""
    if rule.name in names or not names.isdisjoint(rule.rule.aliases):
        return 3
    if rule.theme in names and rule.rule.default:
        return 2
    return 1 if "ALL" in names or ("default" in names and rule.rule.default) else 0


def _unknown(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), 1, 0.5)
    hint = (
        f"did you mean `{close[0]}`?"
        if close
        else f"the themes are {', '.join(sorted({rule.theme for rule in rules()}))}"
    )
    return f"`{name}` is neither a rule nor an alias nor a theme; {hint}"
