"""apt-get installs the packages that others recommend, too.

## What it finds

`apt-get install` without `--no-install-recommends`.

## Why it costs

Debian and Ubuntu install what a package recommends: documentation, mail servers, X libraries. The image is larger,
takes longer to build, push and pull, and has more to be patched.

## When to allow it

Where the recommended packages are wanted: name them. A configuration file in `/etc/apt/apt.conf.d` that the same RUN
or an earlier one writes is not looked at by hadolint; here it is.

## References

- hadolint DL3015
- https://docs.docker.com/build/building/best-practices/#apt-get
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import switches
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("apt installs recommended packages, too", "info", aliases=("DL3015", "DS-0029"), on=(Run,), words=("apt",))

BAD = (
    Example("FROM debian:12\nRUN apt-get update && «apt-get install -y curl»\n"),
    Example("FROM debian:12\nRUN «apt install -y git»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN apt-get install -y --no-install-recommends curl\n"),
    Example("FROM debian:12\nRUN apt-get install -y -o APT::Install-Recommends=false curl\n"),
    Example("FROM debian:12\nRUN apt-get --no-install-recommends -y install curl\n"),
    Example(
        "FROM debian:12\n"
        "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/01 && apt-get install -y curl\n"
    ),
    Example(
        "FROM debian:12\nRUN echo 'APT::Install-Recommends 0;' > /etc/apt/apt.conf.d/01\nRUN apt-get install -y curl\n"
    ),
    Example("FROM debian:12\nRUN apt-get update && apt-get remove -y curl\n"),
)

_OFF = frozenset({"--no-install-recommends", "--without-recommends"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "apt-get", "apt", "aptitude"):
        words = [word.text for word in command.words]
        if "install" not in words or switches(command) & _OFF or _is_off(words, instruction, see):
            continue
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program} install` brings in what the packages recommend",
            cost="the image holds packages that nothing in it needs, and each build downloads them",
            cure="add `--no-install-recommends`, and name those that are wanted",
            aliases=None if command.direct and command.program == "apt-get" else (),
        )


def _is_off(words: list[str], instruction: Instruction, see: Facts) -> bool:
    """Whether an option, or a configuration that the stage has written before, turns recommendations off."""
    if any("Install-Recommends" in word and word.endswith(("=false", "=0", "=no")) for word in words):
        return True
    before = see.dockerfile.stages[instruction.stage].instructions[: instruction.index + 1]
    return any(
        "Install-Recommends" in one.text and "apt.conf" in one.text for one in before if isinstance(one.body, Run)
    )
