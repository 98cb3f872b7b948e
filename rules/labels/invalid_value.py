"""The value of a label is not of the kind that its key asks for.

## What it finds

Labels whose value is empty or is no URL, time (RFC 3339), licence (SPDX), git hash, version (SemVer) or address of
mail, as the option `kinds` says by key: `text`, `url`, `rfc3339`, `spdx`, `hash`, `semver`, `email`. Without the
option, the keys of the OCI that have a form are checked. Values with variables are not known.

## Why it costs

Tools that read the label drop it, or fail.

## When to allow it

Where a tool of yours gives the key another meaning: set the option.

## References

- https://github.com/opencontainers/image-spec/blob/main/annotations.md
- https://github.com/hadolint/hadolint/wiki/DL3051
- hadolint checks no key without settings, and takes one licence for an SPDX value, no expression such as
  `MIT OR Apache-2.0`; the OCI asks for one
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.typing import Literal
from ..environments import value_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

Kind = Literal["text", "url", "rfc3339", "spdx", "hash", "semver", "email"]

_CODES: dict[Kind, str] = {
    "text": "DL3051",
    "url": "DL3052",
    "rfc3339": "DL3053",
    "spdx": "DL3054",
    "hash": "DL3055",
    "semver": "DL3056",
    "email": "DL3058",
}
_FORMS = {
    "url": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+",
    "rfc3339": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
    r"([Zz]|[+-]\d\d:\d\d)",
    "hash": r"[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64}",
    "semver": r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    "email": r"[^\s@\"(),:;<>\[\\\]]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*",
}
_NAMES = {
    "url": "URL",
    "rfc3339": "time of RFC 3339",
    "hash": "git hash",
    "semver": "version of SemVer",
    "email": "address",
}
_OCI = "org.opencontainers.image."

RULE = Rule("the value of a label is not of its kind", "warning", tuple(_CODES.values()), (Other,), words=("label",))


class Options(NamedTuple):
    """`kinds` has the kind of each key that is checked."""

    kinds: tuple[tuple[str, Kind], ...] = (
        (_OCI + "created", "rfc3339"),
        (_OCI + "url", "url"),
        (_OCI + "documentation", "url"),
        (_OCI + "source", "url"),
        (_OCI + "licenses", "spdx"),
    )


BAD = (
    Example("FROM alpine\nLABEL «org.opencontainers.image.created=yesterday»\n"),
    Example('FROM alpine\nLABEL «org.opencontainers.image.source=""»\n'),
    Example("FROM alpine\nLABEL «org.opencontainers.image.licenses=Free»\n"),
)
GOOD = (
    Example("FROM alpine\nLABEL org.opencontainers.image.created=2026-01-31T12:00:00Z\n"),
    Example("FROM alpine\nARG NOW\nLABEL org.opencontainers.image.created=$NOW\n"),
    Example('FROM alpine\nLABEL "org.opencontainers.image.url"="https://example.com/a"\n'),
    Example("FROM alpine\nLABEL created=yesterday\n"),
    Example('FROM alpine\nLABEL org.opencontainers.image.licenses="MIT OR Apache-2.0"\n'),
)


def check(instruction: Instruction, see: Facts, options: Options) -> Iterator[Diagnostic]:
    if instruction.keyword != "LABEL" or not isinstance(instruction.body, Other) or see.is_trigger(instruction):
        return
    kinds: dict[str, Kind] | None = None
    for pair in instruction.body.pairs:
        kinds = kinds or dict(options.kinds)
        kind = kinds.get(pair.key.strip("\"'"))
        if kind is None or "$" in (pair.value or ""):
            continue
        value = value_of(pair.value or "", pair.span, instruction, see)
        fault = None if value is None else _fault(kind, value)
        if fault:
            yield Diagnostic(
                pair.span,
                f"the value of `{pair.key}` {fault}",
                "tools that read it drop it",
                "correct it",
                aliases=() if options == Options() else (_CODES[kind if value else "text"],),
            )


def _fault(kind: Kind, value: str) -> str:
    if not value:
        return "is empty"
    if kind == "text":
        return ""
    if kind == "spdx":
        return "" if _is_licence(value) else "is no SPDX licence"
    return "" if re.fullmatch(_FORMS[kind], value) else f"is no {_NAMES.get(kind, kind)}"


def _is_licence(value: str) -> bool:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        canonicalize_license_expression(value)
    except InvalidLicenseExpression:
        return False
    return True
