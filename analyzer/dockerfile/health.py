"""What the engine refuses about a HEALTHCHECK (instructions/parse.go:parseHealthcheck)."""

from __future__ import annotations

import re

from .flags import last_value
from .syntax import Flag
from .wording import quoted

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_STEP = r"([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*)"
_INTERVALS = ("interval", "timeout", "start-period", "start-interval")


def health_faults(kind: str, arguments: int, flags: tuple[Flag, ...]) -> list[str]:
    """The engine's words about a check of the given kind with that many arguments behind it."""
    if kind == "NONE":
        return ["HEALTHCHECK NONE takes no arguments"] if arguments else []
    faults: list[str] = []
    if kind != "CMD":
        faults.append(f"Unknown type {quoted(kind)} in HEALTHCHECK (try CMD)")
    elif not arguments:
        faults.append("Missing command after HEALTHCHECK CMD")
    faults += [fault for name in _INTERVALS if (fault := _interval_fault(name, last_value(flags, name) or ""))]
    retries = last_value(flags, "retries")
    if retries:
        digits = retries[1:] if retries[0] in "+-" else retries
        if not (digits.isascii() and digits.isdecimal()):
            faults.append(f"strconv.ParseInt: parsing {quoted(retries)}: invalid syntax")
        elif len(digits.lstrip("0")) > 10 or int(digits.lstrip("0") or "0") >= 2**31:
            faults.append(f"strconv.ParseInt: parsing {quoted(retries)}: value out of range")
        elif retries[0] == "-" and digits.strip("0"):
            faults.append(f"--retries cannot be negative (-{digits.lstrip('0')})")
    return faults


def _interval_fault(name: str, value: str) -> str:
    if not value:
        return ""
    rest = value[1:] if value[0] in "+-" else value
    if rest == "0":
        return ""
    seconds = 0.0
    at = 0
    while at < len(rest):
        step = re.compile(_STEP).match(rest, at)
        if step is None:
            return f"time: invalid duration {quoted(value)}"
        if not step[2]:
            return f"time: missing unit in duration {quoted(value)}"
        if step[2] not in _UNITS:
            return f"time: unknown unit {quoted(step[2])} in duration {quoted(value)}"
        seconds += float(step[1]) * _UNITS[step[2]]
        at = step.end()
    if not rest:
        return f"time: invalid duration {quoted(value)}"
    seconds = -seconds if value[0] == "-" else seconds
    return f"Interval {quoted(name)} cannot be less than 1ms" if seconds and seconds < 0.000_999_999 else ""
