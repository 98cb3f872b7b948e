"""The framework: how rules are found and chosen, what is built for them, and what happens when one fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dcache.analyzer.dockerfile.syntax import Dockerfile, Instruction, Stage
from dcache.analyzer.graph import BuildGraph
from dcache.analyzer.plans import BuildPlan
from dcache.analyzer.source import Span
from dcache.rules import facts
from dcache.rules.catalogue import SUBJECTS, LoadedRule, UnknownRule, chosen, loaded, rules
from dcache.rules.rule import Diagnostic

from .conftest import Lint

ROOT = Path(__file__).parents[2]
TEXT = "FROM a AS b\nRUN true\nFROM b\nCOPY . .\n"


def rule(subject: type, body: str = "yield Diagnostic(Span(0, 1), '`x`')") -> LoadedRule:
    """A rule on a subject, made as a module is."""
    module = ModuleType("rules.made.up")
    source = (
        "from __future__ import annotations\n"
        "from dcache.analyzer.source import Span\n"
        f"from {subject.__module__} import {subject.__name__}\n"
        "from dcache.rules.facts import Facts\n"
        "from dcache.rules.rule import Diagnostic, Rule\n"
        "RULE = Rule('made up', 'warning')\n"
        f"def check(subject: {subject.__name__}, see: Facts):\n"
        f"    assert isinstance(subject, {subject.__name__})\n"
        f"    {body}\n"
    )
    exec(source, module.__dict__)
    return loaded("made/up", module)


def test_the_folder_is_the_list() -> None:
    themes = [path for path in (ROOT / "rules").iterdir() if path.is_dir() and not path.name.startswith("_")]
    files = {
        f"{path.parent.name}/{path.stem}" for theme in themes for path in theme.glob("*.py") if path.stem[0] != "_"
    }
    assert {one.name.replace("-", "_") for one in rules()} == files


@pytest.mark.parametrize(
    ("subject", "calls"), [(Instruction, 4), (Stage, 2), (Dockerfile, 1), (BuildPlan, 1), (BuildGraph, 1)]
)
def test_the_annotation_is_the_subscription(subject: type, calls: int, lint_text: Lint) -> None:
    report = lint_text(TEXT, rules=(rule(subject),))
    assert not report.crashes
    assert len(report.diagnostics) == calls
    assert {one.rule for one in report.diagnostics} == {"made/up"}
    assert subject in SUBJECTS


def test_an_annotation_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="made/up: check's first parameter is Path; it can be one of Instruction"):
        rule(Path)


def test_a_module_without_rule_is_refused() -> None:
    with pytest.raises(TypeError, match="the module needs RULE"):
        loaded("made/up", ModuleType("made_up"))


@pytest.mark.parametrize("subject", [Instruction, Stage, Dockerfile, BuildPlan])
def test_no_graph_is_built_for_rules_on_syntax(subject: type, lint_text: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_plan: BuildPlan) -> BuildGraph:
        raise AssertionError("a graph is built")

    monkeypatch.setattr(facts, "build_graph", forbidden)
    assert not lint_text(TEXT, rules=(rule(subject),)).crashes
    assert lint_text(TEXT, rules=(rule(BuildGraph),)).crashes


def test_the_rule_on_mounts_builds_no_graph_where_there_is_no_mount(
    lint_text: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "build_graph", None)
    assert not lint_text(TEXT, "mounts/whole-context-bind").crashes


def test_no_context_is_opened_unless_asked_for(lint_text: Lint) -> None:
    class Shut(dict[str, str]):
        def get(self, *_: object) -> str:
            raise AssertionError("the context is opened")

    assert not lint_text(TEXT, rules=(rule(BuildGraph),), context=Shut()).crashes


def test_a_rule_that_fails_is_named_and_stops_no_other(lint_text: Lint) -> None:
    bad = rule(Stage, "raise KeyError('oops')")._replace(name="made/bad")
    report = lint_text(TEXT, rules=(bad, rule(Dockerfile)))
    assert [crash.rule for crash in report.crashes] == ["made/bad"]
    assert "KeyError: 'oops'" in report.crashes[0].trace
    assert [one.rule for one in report.diagnostics] == ["made/up"]


def test_findings_before_a_failure_are_kept(lint_text: Lint) -> None:
    report = lint_text(TEXT, rules=(rule(Dockerfile, "yield Diagnostic(Span(0, 1), '`x`'); raise KeyError"),))
    assert (len(report.crashes), len(report.diagnostics)) == (1, 1)


def test_select_and_ignore() -> None:
    def names(*arguments: tuple[str, ...]) -> list[str]:
        return [one.name for one in chosen(*arguments)]

    every = [one.name for one in rules()]
    assert names() == [one.name for one in rules() if one.rule.default]
    assert names(("ALL",)) == every
    assert names(("stages",)) == [one for one in names() if one.startswith("stages/")]
    assert names(("order/unused-arg", "context/no-dockerignore")) == ["context/no-dockerignore", "order/unused-arg"]
    assert names((), ("order", "context")) == [one for one in names() if not one.startswith(("order/", "context/"))]
    assert names(("order",), ("order/unused-arg",)) == [one for one in names(("order",)) if one != "order/unused-arg"]
    assert names(("order/unused-arg",), ("order",)) == ["order/unused-arg"]
    assert names(("order/unused-arg",), ("order/unused-arg",)) == []
    with pytest.raises(UnknownRule, match=r"`ordr` is neither a rule nor an alias nor a theme; did you mean `order`\?"):
        chosen(("ordr",))
    with pytest.raises(UnknownRule, match="the themes are context"):
        chosen((), ("zzz",))


def test_findings_come_in_the_order_of_the_text(lint_text: Lint) -> None:
    later = rule(Dockerfile, "yield Diagnostic(Span(5, 6), '`x`')")._replace(name="made/a")
    assert [one.rule for one in lint_text(TEXT, rules=(later, rule(Dockerfile))).diagnostics] == ["made/up", "made/a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM a\nNOPE\n", "unknown instruction: NOPE"),
        ("", "file with no instructions"),
        ("ARG X=1\nFROM $Y\n", "base name ($Y) should not be blank"),
        ("FROM a\nCOPY --from=1 x x\nFROM a\nCOPY --from=0 x x\n", "circular dependency"),
    ],
)
def test_a_refused_build_is_told_and_syntax_rules_still_run(text: str, message: str, lint_text: Lint) -> None:
    report = lint_text(text, rules=(rule(BuildGraph)._replace(name="made/graph"), rule(Dockerfile)))
    assert report.refusal is not None
    assert message in report.refusal.message
    assert [one.rule for one in report.diagnostics] == ["made/up"]


@pytest.mark.parametrize(
    "text",
    [
        "ARG BASE\nFROM $BASE\nRUN true\n",
        "ARG TAG=\nFROM a:$TAG\n",
        "ARG DIGEST\nFROM a@$DIGEST\n",
        "ARG P\nFROM --platform=$P a\n",
        "ARG REGISTRY\nFROM ${REGISTRY}/a\n",
        "FROM --platform=$BUILDPLATFORM a\n",
    ],
)
def test_an_argument_that_the_build_must_give_is_no_fault(text: str, lint_text: Lint) -> None:
    assert lint_text(text, rules=(rule(BuildGraph),)).refusal is None


def test_nothing_less_sure_than_asked_for(lint_text: Lint) -> None:
    made = rule(Dockerfile, "yield Diagnostic(Span(0, 1), '`x`', confidence='medium')")
    counts = [
        len(lint_text(TEXT, rules=(made,), confidence=lowest).diagnostics) for lowest in ("low", "medium", "high")
    ]
    assert counts == [1, 1, 0]


def test_severity_is_the_rules_unless_the_finding_says_otherwise(lint_text: Lint) -> None:
    body = "yield Diagnostic(Span(0, 1), 'a'); yield Diagnostic(Span(1, 2), 'b', severity='error')"
    assert [one.severity for one in lint_text(TEXT, rules=(rule(Dockerfile, body),)).diagnostics] == [
        "warning",
        "error",
    ]


def test_a_plain_lint_is_light(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM node\nCOPY . .\nRUN npm ci\n")
    program = (
        "import json, sys\n"
        "from dcache.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, "lint", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    modules = set(json.loads(ended.stderr.splitlines()[-1]))
    assert "order/copy-before-install" in ended.stdout
    heavy = {"networkx", "libcst", "jsonschema", "pygls", "rich", "yaml", "importlib.metadata", "asyncio", "difflib"}
    assert not heavy & modules


def test_a_diagnostic_is_one_sentence() -> None:
    assert Diagnostic(Span(0, 1), "`x` is bad", "it costs", "do y").sentence == "`x` is bad: it costs; do y"
    assert Diagnostic(Span(0, 1), "`x` is bad").sentence == "`x` is bad"


def test_only_rules_that_have_something_to_look_at_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM debian:13\nRUN yum install curl\n")
    program = (
        "import json, sys\n"
        "from dcache.pipeline.lint import LintRequest, run_lint\n"
        f"run_lint(LintRequest(({str(file)!r},), config=''))\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = json.loads(ended.stdout)
    assert "dcache.rules.packages.yum_asks" in modules
    assert not {
        "dcache.rules.packages.zypper_asks",
        "dcache.rules.order.unused_arg",
        "dcache.rules.security.named_user",
    } & set(modules)
