"""USER is a name, not a number.

## What it finds

USER whose user is not written as a number, unless a variable gives it one or is an ARG.

## Why it costs

Kubernetes cannot tell that a named user is not root: `runAsNonRoot` refuses the container. The number behind a name
depends on the image's `/etc/passwd`.

## When to allow it

Where the image runs under an engine that resolves names, and nowhere else.

## References

- https://kubernetes.io/docs/concepts/security/pod-security-standards/
- https://github.com/hadolint/hadolint/wiki/DL3066
- hadolint reports variables that an ENV gives a number; they are not reported here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, User
from ..environments import scope_at, value_of
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("USER is a name", "info", ("DL3066",), (User,))

BAD = (Example("FROM alpine\nUSER «app»\n"), Example("FROM alpine\nUSER «app:1000»\n"))
GOOD = (
    Example("FROM alpine\nUSER 1000\n"),
    Example("FROM alpine\nUSER 1000:app\n"),
    Example("FROM alpine\nARG UID\nUSER $UID\n"),
    Example("FROM alpine\nENV UID=1000\nUSER ${UID}\n"),
    Example("FROM alpine\nONBUILD USER app\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, User) or body.user.text.partition(":")[0].isdecimal() or see.is_trigger(instruction):
        return
    user = body.user
    if "$" in user.text:
        value = value_of(user.text, user.span, instruction, see)
        if value is not None and value.partition(":")[0].isdecimal():
            return
        if any(f"${name}" in user.text or f"${{{name}" in user.text for name in scope_at(instruction, see).declared):
            return
    yield Diagnostic(
        user.span,
        f"the user `{user.text}` is not written as a number",
        "Kubernetes cannot tell that it is not root",
        "write the number",
    )
