"""Settings files: which one counts, what it may hold, and how a wrong one is told."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dcache.cli.main import dcache
from dcache.config import DEFAULTS, ConfigError, forget, read_config
from dcache.reports.rules import config_schema, rules_document
from dcache.schemas import schema, violation

ARG = "FROM alpine:3.22\nARG FLAVOUR=plain\nRUN apk add curl\n"


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    forget()


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_toml", ".toml"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(*arguments: str) -> list[str]:
    """What was found, of the two rules that these tests are about."""
    document = json.loads(run("lint", "--format", "json", *arguments).stdout)
    names = ("order/unused-arg", "ignores/reason-missing")
    return [one["rule"] for one in document["findings"] if one["rule"] in names]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(dcache, list(arguments))


def test_the_schema_is_what_the_rules_say() -> None:
    assert schema("config") == config_schema(), "write it anew: dcache config --schema > schemas/config.json"
    assert set(config_schema()["properties"]) == {*DEFAULTS, "extend"}  # type: ignore[call-overload]
    assert violation("rules", rules_document()) is None


def test_the_nearest_file_counts() -> None:
    write(dcache_toml='ignore = ["order/unused-arg"]', Dockerfile=ARG, sub__Dockerfile=ARG)
    assert found("Dockerfile") == found("sub/Dockerfile") == []
    write(sub__pyproject_toml='[tool.dcache]\nselect = ["order"]')
    forget()
    assert found("sub/Dockerfile") == ["order/unused-arg"]
    assert found("--isolated", "Dockerfile") == ["order/unused-arg"]


def test_a_pyproject_without_a_table_does_not_count() -> None:
    write(dcache_toml='ignore = ["order"]', sub__pyproject_toml="[tool.other]\nx = 1", sub__Dockerfile=ARG)
    assert found("sub/Dockerfile") == []


def test_the_users_own_file_counts_where_there_is_no_other() -> None:
    write(home__dcache__dcache_toml='ignore = ["order"]', Dockerfile=ARG)
    assert found("Dockerfile") == []
    write(dcache_toml="")
    forget()
    assert found("Dockerfile") == ["order/unused-arg"]


def test_extend_and_origins(tmp_path: Path) -> None:
    write(base_toml='ignore = ["stages"]\nseverity = "warning"\nexclude = ["a"]')
    write(dcache_toml='extend = "base.toml"\nseverity = "info"\nexclude = ["b"]')
    config = read_config(str(tmp_path / "dcache.toml"))
    assert (config.values["ignore"], config.values["severity"], config.values["exclude"]) == (
        ["stages"],
        "info",
        ["a", "b"],
    )
    assert config.origins["ignore"] == "base.toml"
    assert config.origins["severity"] == "dcache.toml"
    shown = run("config").stdout
    assert 'severity = "info"  # dcache.toml\n' in shown
    assert 'confidence = "medium"  # default\n' in shown


def test_what_is_shown_is_toml(tmp_path: Path) -> None:
    write(
        dcache_toml='select = ["order"]\ncontext = "."\nexclude = ["a \\"b\\"", "é😀\\u007f"]\nrequire-reason = true\n'
        '[per-file-ignores]\n"b/*" = ["order"]\n[rules."order/unused-arg"]\nseverity = "error"\n'
        '[rules."labels/invalid-value"]\nkinds = { "org.a.url" = "url" }\n'
    )
    for shown in (run("config").stdout, run("lint", "--show-config").stdout):
        assert tomllib.loads(shown) == read_config(str(tmp_path / "dcache.toml")).values
        assert 'per-file-ignores = { "b/*" = ["order"] }  # dcache.toml\n' in shown
    write(dcache_toml="")
    forget()
    shown = run("config").stdout
    assert "# context = the directory of each Dockerfile  # default\n" in shown
    assert tomllib.loads(shown) == {key: value for key, value in DEFAULTS.items() if value is not None}


def test_the_command_line_goes_first() -> None:
    write(dcache_toml='select = ["stages"]', Dockerfile=ARG)
    assert found("Dockerfile") == []
    assert found("--select", "order", "Dockerfile") == ["order/unused-arg"]


def test_severities_of_rules() -> None:
    write(dcache_toml='[rules."order/unused-arg"]\nseverity = "error"', Dockerfile=ARG)
    assert "error order/unused-arg" in run("lint", "Dockerfile").stdout
    write(dcache_toml='[rules."order/unused-arg"]\nseverity = "off"')
    forget()
    assert found("Dockerfile") == []


def test_files_can_be_left_out() -> None:
    write(Dockerfile=ARG, a__Dockerfile=ARG, b__Dockerfile=ARG)
    write(dcache_toml='exclude = ["a"]\n[per-file-ignores]\n"b/*" = ["order"]')
    assert run("lint", "--show-files").stdout.split() == ["Dockerfile", "b/Dockerfile"]
    assert found() == ["order/unused-arg"]
    assert found("a/Dockerfile") == ["order/unused-arg"]
    assert found("--per-file-ignores", "Dockerfile:order/unused-arg") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "dcache.toml:1: unknown key `selct`; did you mean `select`?"),
        ('\n[rules."order/unusd-arg"]\n', ":2: unknown rule `order/unusd-arg`; did you mean `order/unused-arg`?"),
        ('# severity\nseverity = "fatal"', ":2: `severity`: 'fatal' is not one of ['info', 'warning', 'error']"),
        ("select = [", "dcache.toml:1: not TOML:"),
        ('select = ["nothing"]', "`nothing` is neither a rule nor an alias nor a theme"),
        ('extend = "dcache.toml"', "dcache.toml: `extend` goes round in a circle"),
        ('extend = "missing.toml"', "missing.toml: No such file or directory"),
        ('[rules."order/unused-arg"]\ncolour = 1', "dcache.toml:2: unknown key `colour`; there are `severity`"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_line(text: str, message: str) -> None:
    write(dcache_toml=text, Dockerfile=ARG)
    result = run("lint", "Dockerfile")
    assert isinstance(result.exception, ConfigError)
    assert message in str(result.exception)


def test_require_reason() -> None:
    write(dcache_toml="require-reason = true", Dockerfile=ARG.replace("ARG", "# dcache: ignore[order]\nARG"))
    assert found("Dockerfile") == ["ignores/reason-missing"]


def test_a_hadolint_file_is_converted(tmp_path: Path) -> None:
    Path(".hadolint.yaml").write_text(
        "ignored: [DL9999]\nfailure-threshold: warning\nformat: tty\n"
        "override:\n  error: [DL9998]\ntrustedRegistries:\n- a.io\n"
    )
    text = run("config", "--from-hadolint", ".hadolint.yaml").stdout
    assert text.splitlines() == [
        "# from .hadolint.yaml",
        "ignore = []",
        "# not converted: ignored: DL9999",
        'fail-on = "warning"',
        'output-format = "concise"',
        "# not converted: override: error: DL9998",
        "",
        '[rules."security/registry-not-allowed"]',
        'registries = ["a.io"]',
    ]
    Path("dcache.toml").write_text(text)
    assert read_config(str(tmp_path / "dcache.toml")).values["fail-on"] == "warning"
    Path(".hadolint.yaml").write_text("ignored: [\n")
    assert ".hadolint.yaml:2: not YAML" in str(run("config", "--from-hadolint", ".hadolint.yaml").exception)


def test_rule_and_rules() -> None:
    assert run("rule", "order/unused-arg").stdout.startswith("# order/unused-arg (info")
    assert "did you mean `order/unused-arg`" in str(run("rule", "order/unusd-arg").exception)
    assert "order/unused-arg " in run("rules").stdout
    assert violation("rules", json.loads(run("rules", "--format", "json").stdout)) is None


def test_codes_of_shellcheck_go_to_its_rule() -> None:
    Path(".hadolint.yaml").write_text("ignored: [DL3008, SC2086]\n")
    text = run("config", "--from-hadolint", ".hadolint.yaml").stdout
    table = tomllib.loads(text)
    assert table["ignore"] == ["DL3008"] and table["rules"] == {"shell/shellcheck": {"ignore": ["SC2086"]}}
    assert "not converted" not in text
    Path("dcache.toml").write_text(text)
    assert read_config("dcache.toml").values["ignore"] == ["DL3008"]
