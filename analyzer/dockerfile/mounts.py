"""The options of `RUN --mount` and `RUN --device` (instructions/commands_runmount.go, commands_rundevice.go)."""

from __future__ import annotations

import re

from .expansion import ExpansionError, expand
from .syntax import Flag, Mount, Problem
from .wording import quoted, suggested

KINDS = ("bind", "cache", "tmpfs", "secret", "ssh")
READ_ONLY = ("readonly", "ro")
READ_WRITE = ("readwrite", "rw")
SHARING = ("shared", "private", "locked")
KEYS = (
    *("type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw"),
    *("id", "sharing", "required", "size", "mode", "uid", "gid", "env"),
)
_FIELD = {"src": "source", "dst": "target", "destination": "target", "from": "from_"}
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_SIZE = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+) ?(?:[bB]|[kmgtpKMGTP](?:[iI]?[bB])?)?"


class FieldsError(ValueError):
    """The engine's words about a value that is not one line of CSV."""


def fields(text: str) -> list[str]:
    """The comma-separated fields of a flag's value; quotes only around a whole field."""
    if not text:
        raise FieldsError("EOF")
    found: list[str] = []
    at = 0
    while True:
        if not text.startswith('"', at):
            comma = text.find(",", at)
            end = len(text) if comma < 0 else comma
            bare = text.find('"', at, end)
            if bare >= 0:
                raise FieldsError(f'parse error on line 1, column {bare + 1}: bare " in non-quoted-field')
            found.append(text[at:end])
            if comma < 0:
                return found
            at = comma + 1
            continue
        at += 1
        parts: list[str] = []
        while True:
            close = text.find('"', at)
            if close < 0:
                raise FieldsError(f'parse error on line 1, column {at + 1}: extraneous or missing " in quoted-field')
            parts.append(text[at:close])
            at = close + 1
            if not text.startswith('"', at):
                break
            parts.append('"')
            at += 1
        found.append("".join(parts))
        if at == len(text):
            return found
        if text[at] != ",":
            raise FieldsError(f'parse error on line 1, column {at}: extraneous or missing " in quoted-field')
        at += 1


def _boolean(value: str) -> bool | None:
    return True if value in _TRUE else False if value in _FALSE else None


def read_mount(flag: Flag, escape: str) -> tuple[Mount, list[Problem]]:
    """The mount that a flag describes, values unexpanded, and the first fault that the engine would find in it.

    Values with variables are not judged: what they stand for decides.
    """
    given: dict[str, str] = {}
    kind = "bind"
    readonly: bool | None = None
    required = False
    faults: list[str] = []
    for field in _fields(flag, "mounts", faults):
        key, equals, raw = field.partition("=")
        key = key.lower()
        value, certain = _expanded(raw, escape, faults)
        if not equals:
            if key in READ_ONLY or key in READ_WRITE:
                readonly = key in READ_ONLY
            elif key == "required":
                required = True
                faults += _misplaced(key, kind, ("secret", "ssh"))
            else:
                faults.append(f"invalid field '{field}' must be a key=value pair")
        elif key == "type":
            kind = value.lower() if certain else raw
            if kind not in KINDS and certain:
                faults.append(suggested(f"unsupported mount type {quoted(value)}", value, KINDS, True))
        elif key == "required" or key in READ_ONLY or key in READ_WRITE:
            truth = _boolean(value)
            if key == "required":
                required = truth is not False
                faults += _misplaced(key, kind, ("secret", "ssh"))
            elif truth is not None:
                readonly = truth if key in READ_ONLY else not truth
            if truth is None and certain:
                faults.append(f"invalid value for {key}: {value}")
        elif key in KEYS:
            given[_FIELD.get(key, key)] = raw
            if certain:
                faults += _value_faults(key, value, raw, kind)
            elif key == "from" and 0 <= raw.find("$") < len(raw) - 1:
                faults.append("'from' doesn't support variable expansion, define alias stage instead")
        elif not faults:
            faults.append(suggested(f"unexpected key '{key}' in '{field}'", key, KEYS, True))
    faults += _combination_faults(kind, given)
    mount = Mount(
        kind,
        given.get("target"),
        given.get("source"),
        given.get("from_"),
        given.get("id"),
        given.get("sharing"),
        readonly,
        required,
        given.get("size"),
        given.get("mode"),
        given.get("uid"),
        given.get("gid"),
        given.get("env"),
        flag.span,
    )
    return mount, [Problem(flag.span, fault) for fault in faults[:1]]


def _fields(flag: Flag, what: str, faults: list[str]) -> list[str]:
    try:
        return fields(flag.value or "")
    except FieldsError as error:
        faults.append(f"failed to parse csv {what}: {error}")
        return []


def _expanded(raw: str, escape: str, faults: list[str]) -> tuple[str, bool]:
    # The value, and whether it is certain: with variables in it, only its syntax can be judged.
    try:
        return expand(raw, _unset if "$" not in raw else _any, escape), "$" not in raw
    except ExpansionError as error:
        faults.append(str(error))
        return raw, False


def _unset(_name: str) -> str | None:
    return None


def _any(_name: str) -> str | None:
    return "x"


def _misplaced(key: str, kind: str, kinds: tuple[str, ...]) -> list[str]:
    return [] if kind in kinds or kind not in KINDS else [f"unexpected key '{key}' for mount type '{kind}'"]


def _value_faults(key: str, value: str, raw: str, kind: str) -> list[str]:
    if key == "size":
        misplaced = _misplaced(key, kind, ("tmpfs",))
        return misplaced or ([] if re.fullmatch(_SIZE, value) else [f"invalid value for {key}: {value}"])
    if key == "sharing" and value.lower() not in SHARING:
        return [suggested(f"unsupported sharing value {quoted(value)}", value, SHARING, True)]
    if key in ("mode", "uid", "gid") and not _is_uint32(value, 8 if key == "mode" else 10):
        return [f"invalid value {value} for {key}"]
    return []


def _is_uint32(value: str, base: int) -> bool:
    digits = "01234567" if base == 8 else "0123456789"
    return bool(value) and not value.strip(digits) and int(value.lstrip("0")[:12] or "0", base) < 2**32


def _combination_faults(kind: str, given: dict[str, str]) -> list[str]:
    faults: list[str] = []
    if kind in ("bind", "tmpfs"):
        owners = [key for key in ("mode", "uid", "gid") if key in given]
        faults += [f"{key} not allowed for {quoted(kind)} type mounts" for key in owners]
    if kind == "secret":
        if given.get("from_"):
            faults.append("secret mount should not have a from")
        if given.get("sharing"):
            faults.append("secret mount should not define sharing")
        if not (given.get("source") or given.get("target") or given.get("id")):
            faults.append("invalid secret mount. one of source, target required")
        if given.get("source") and given.get("id"):
            faults.append("both source and id can't be set")
    elif given.get("sharing") and kind in KINDS and kind != "cache":
        faults.append(f"invalid cache sharing set for {kind} mount")
    return faults


def device_problems(flag: Flag) -> list[Problem]:
    """What the engine refuses about a `--device`."""
    faults: list[str] = []
    name = ""
    for field in _fields(flag, "devices", faults):
        key, equals, value = field.partition("=")
        key = key.lower()
        if key == "required":
            if equals and _boolean(value) is None:
                faults.append(f"invalid value for {key}: {value}")
        elif key == "name" and equals:
            if name:
                faults.append(f"device name already set to {name}")
            name = name or value
        elif not name:
            name = field
        elif equals:
            faults.append(suggested(f"unexpected key '{key}' in '{field}'", key, ("name", "required"), True))
        else:
            faults.append(f"invalid field '{field}' must be a key=value pair")
    return [Problem(flag.span, fault) for fault in faults]
