"""The rules themselves as documents: a list for `dcache rules`, and the JSON Schema of settings files."""

from __future__ import annotations

import types
import typing

from ..analyzer.typing import Any, cast
from ..rules.catalogue import LoadedRule, rules
from ..rules.rule import CONFIDENCES, SEVERITIES
from .findings import FORMATS

_HOST: dict[str, object] = {"type": "string", "pattern": "^(sparse\\+)?(https?|file)://"}
_HOSTS: dict[str, object] = {"type": "array", "items": _HOST}
_HOSTS_OF_PIN: dict[str, dict[str, object]] = {
    "registry-mirrors": _HOSTS,
    "apt-mirrors": _HOSTS,
    "apk-mirrors": _HOSTS,
    "pip-indexes": _HOSTS,
    "npm-registry": _HOST,
    "gem-sources": _HOSTS,
    "go-proxies": _HOSTS,
    "cargo-index": _HOST,
}


def rules_document() -> dict[str, object]:
    """All rules with what is fixed about each; its schema is schemas/rules.json."""
    return {
        "version": 1,
        "rules": [
            {
                "name": rule.name,
                "theme": rule.theme,
                "summary": rule.rule.summary,
                "severity": rule.rule.severity,
                "default": rule.rule.default,
                "aliases": list(rule.rule.aliases),
                "options": {} if rule.options is None else {_key(k): v for k, v in rule.options._asdict().items()},
            }
            for rule in rules()
        ],
    }


def config_schema() -> dict[str, object]:
    """The JSON Schema of dcache.toml: schemas/config.json holds it, for editors."""
    names = {"type": "array", "items": {"type": "string"}, "description": "rules, themes, aliases, or ALL"}
    strings = {"type": "array", "items": {"type": "string"}}
    properties: dict[str, object] = {
        "extend": {"type": "string", "description": "another settings file, which this one goes before"},
        "select": names,
        "extend-select": names,
        "ignore": names,
        "severity": {"enum": list(SEVERITIES)},
        "fail-on": {"enum": [*SEVERITIES, "never"]},
        "confidence": {"enum": list(CONFIDENCES)},
        "output-format": {"enum": list(FORMATS)},
        "exclude": strings,
        "respect-gitignore": {"type": "boolean"},
        "require-reason": {"type": "boolean", "description": "comments that ignore must say why"},
        "context": {"type": "string", "description": "the build context of all files, relative to this file"},
        "per-file-ignores": {"type": "object", "additionalProperties": names},
        "pin": {
            "type": "object",
            "description": "where `dcache pin` asks, in the place of what clients on the machine are told",
            "properties": {**_HOSTS_OF_PIN, "architectures": strings},
            "additionalProperties": False,
        },
        "rules": {
            "type": "object",
            "properties": {rule.name: _rule(rule) for rule in rules()},
            "additionalProperties": False,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dcache.toml, and [tool.dcache] in pyproject.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _rule(rule: LoadedRule) -> dict[str, object]:
    properties: dict[str, object] = {"severity": {"enum": [*SEVERITIES, "off"]}}
    if rule.options is not None:
        hints = typing.get_type_hints(rule.module.Options)
        for field in rule.options._fields:
            properties[_key(field)] = _type(hints[field])
    return {
        "type": "object",
        "description": rule.rule.summary,
        "properties": properties,
        "additionalProperties": False,
    }


def _type(hint: Any) -> dict[str, object]:
    """The schema of an option: bool, int, float, str, a Literal, or a tuple of one of them."""
    if isinstance(hint, tuple):  # a Literal, as analyzer.typing has it
        return {"enum": [str(value) for value in cast(Any, hint)]}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and arguments[-1] is Ellipsis:
        inner = typing.get_args(arguments[0])
        if typing.get_origin(arguments[0]) is tuple and len(inner) == 2:
            return {"type": "object", "additionalProperties": _type(inner[1])}
        return {"type": "array", "items": _type(arguments[0])}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_type(one) for one in arguments if one is not type(None)]}
    simple = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": simple[hint]}


def _key(field: str) -> str:
    return field.replace("_", "-")
