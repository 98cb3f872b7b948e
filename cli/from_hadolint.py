"""Turns a .hadolint.yaml into a dcache.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..analyzer.typing import Any
from ..config import ConfigError
from ..rules.catalogue import rules
from .settings import toml

_SEVERITIES = {"error": "error", "warning": "warning", "info": "info", "style": "info", "ignore": "off", "none": "off"}
_SAME = {name: name for name in ("json", "checkstyle", "sarif", "junit")}
_FORMATS = {**_SAME, "codeclimate": "gitlab", "gitlab_codeclimate": "gitlab", "tty": "concise", "gnu": "concise"}
_HARMLESS = frozenset({"no-color", "verbose"})
_OPTIONS = frozenset({"trustedRegistries", "label-schema", "strict-labels"})


def converted(path: str) -> str:
    """The text of a dcache.toml that does what the file does; what has no counterpart stands in it as a comment."""
    document = _read(path)
    names = {alias: rule.name for rule in rules() for alias in rule.rule.aliases}
    lines = [f"# from {path}"]
    severities: dict[str, str] = {}
    options = _options(document)
    for key, value in document.items():
        if key == "ignored":
            codes = [str(code) for code in value or ()]
            lines.append(f"ignore = {toml([code for code in codes if code in names])}")
            shell = [code for code in codes if code.startswith("SC")]
            lines += [_left(f"ignored: {code}") for code in codes if code not in names and code not in shell]
            if shell:
                lines.append('# ShellCheck is asked where extend-select = ["shell/shellcheck"] stands here')
                options["shell/shellcheck"] = [f"ignore = {toml(shell)}"]
        elif key == "failure-threshold" and str(value) in _SEVERITIES:
            lines.append(f'fail-on = "{_SEVERITIES[str(value)].replace("off", "never")}"')
        elif key == "no-fail":
            lines += ['fail-on = "never"'] if value is True else []
        elif key == "format" and value in _FORMATS:
            lines.append(f'output-format = "{_FORMATS[value]}"')
        elif key == "override":
            lines += _overrides(value or {}, names, severities)
        elif key not in _HARMLESS and key not in _OPTIONS:
            lines.append(_left(f"{key}: {json.dumps(value, default=str)}"))
    for name in sorted({*severities, *options}):
        lines += ["", f"[rules.{toml(name)}]"]
        lines += [f'severity = "{severities[name]}"'] if name in severities else []
        lines += options.get(name, [])
    return "\n".join([*lines, ""])


def _overrides(given: dict[str, Any], names: dict[str, str], severities: dict[str, str]) -> Iterator[str]:
    for severity, codes in given.items():
        for code in codes or ():
            if code in names and severity in _SEVERITIES:
                severities[names[code]] = _SEVERITIES[severity]
            else:
                yield _left(f"override: {severity}: {code}")


def _options(document: dict[str, Any]) -> dict[str, list[str]]:
    """The lines that say a rule's options, by its name."""
    options: dict[str, list[str]] = {}
    registries = [str(one) for one in document.get("trustedRegistries") or ()]
    if registries:
        options["security/registry-not-allowed"] = [f"registries = {toml(registries)}"]
    given = document.get("label-schema")
    if hasattr(given, "items") and given:
        schema = {str(key): str(kind or "text") for key, kind in given.items()}
        options["labels/invalid-value"] = [f"kinds = {toml(schema)}"]
        options["labels/missing-label"] = [f"required = {toml(list(schema))}"]
        if document.get("strict-labels") is True:
            options["labels/unknown-label"] = [f"allowed = {toml(list(schema))}"]
    return options


def _left(what: str) -> str:
    return f"# not converted: {what}"


def _read(path: str) -> dict[str, Any]:
    import yaml

    try:
        with open(path, encoding="utf-8") as file:
            document: Any = yaml.safe_load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = path if mark is None else f"{path}:{mark.line + 1}"
        raise ConfigError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from None
    if document is not None and not hasattr(document, "items"):
        raise ConfigError(f"{path}:1: not a mapping, as `ignored:` with a list below it is")
    return document or {}
