"""Packages that are installed by name alone: what the rules on unpinned packages have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..analyzer.dockerfile.syntax import Instruction
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Command, Opaque, ShellWord, named
from ..analyzer.source import Span
from .environment import environment
from .facts import Facts
from .rule import Confidence, Diagnostic

IsPinned = Callable[[str], bool]


class Evidence(NamedTuple):
    """The packages without a version, and where each stands; their manager's program and verb."""

    install: str
    names: tuple[str, ...]
    spans: tuple[Span, ...]


def packages(command: Command, verbs: frozenset[str], valued: frozenset[str]) -> list[ShellWord]:
    """The packages that a command installs; none where its first argument is not one of the verbs."""
    words = named(command, valued)
    return words[1:] if words and words[0].text in verbs else []


def unpinned(
    command: Command,
    names: list[ShellWord],
    is_pinned: IsPinned,
    instruction: Instruction,
    see: Facts,
    example: str,
    *,
    confidence: Confidence = "high",
    seen: bool | None = None,
) -> Iterator[Diagnostic]:
    """One finding for all packages of a command that have no version; `example` shows one that has, `{}` its name.

    `seen` is whether other linters see the command: the finding carries their codes only then.
    """
    loose = [word for word in names if not _is_pinned(word, is_pinned, instruction, see)]
    if not loose:
        return
    install = f"{command.program} {_verb(command)}"
    first, more = loose[0].text, len(loose) - 1
    told = f"`{first}` and {more} more are" if more else f"`{first}` is"
    yield Diagnostic(
        primary=loose[0].span,
        message=f"{told} installed without a version",
        cost="the step's key does not change when a new version comes out: what is built depends on when it last ran",
        cure=f"write `{example.format(first)}`",
        confidence=confidence if any(word.fixed for word in loose) else "medium",
        evidence=Evidence(install, tuple(word.text for word in loose), tuple(word.span for word in loose)),
        aliases=None if (command.direct if seen is None else seen) else (),
    )


def _verb(command: Command) -> str:
    return next((word.text for word in command.words[1:] if not word.text.startswith("-")), "")


def _is_pinned(word: ShellWord, is_pinned: IsPinned, instruction: Instruction, see: Facts) -> bool:
    """Whether a word has a version, or stands for words that all have one."""
    if is_pinned(word.text):
        return True
    if word.fixed or not word.text.startswith("$"):
        return False
    if _is_computed(word.text.strip("${}"), instruction, see):
        return True
    value = _value(word.text.strip("${}"), instruction, see)
    return value is not None and all(is_pinned(one) for one in value.split())


def _is_computed(name: str, instruction: Instruction, see: Facts) -> bool:
    """Whether a variable gets the output of a command in the same RUN: nobody can write versions there."""
    read = see.commands(instruction)
    return not isinstance(read, Opaque) and any(
        word.text.startswith((f"{name}=$(", f'{name}="$(', f"{name}=`")) for one in read for word in one.assignments
    )


def _value(name: str, instruction: Instruction, see: Facts) -> str | None:
    """What a variable was last set to before it is used, None where the text does not tell."""
    read = see.commands(instruction)
    for command in () if isinstance(read, Opaque) else read:
        for word in command.assignments:
            if word.text.startswith(name + "="):
                return word.text[len(name) + 1 :] if word.fixed else None
    value = environment(instruction, see).get(name)
    return None if value is None else value.replace("\\", " ")


RPM_VALUED = frozenset(
    """
    --enablerepo --disablerepo --repo --repoid --installroot --releasever --setopt -c --config -x --exclude
    --excludepkgs --repofrompath --nogpgcheck-repo --forcearch --downloaddir --advisory -d -e --rpmverbosity --comment
    """.split()
)
"""The options of yum and dnf that take a value."""


def has_version(name: str) -> bool:
    """Whether the name of an RPM package ends in a version: `NAME-2.4.57-5.el9`, or a variable in that place."""
    if name.endswith(".rpm") or "://" in name or "/" in name:
        return True
    _, hyphen, rest = name.partition("-")
    if not hyphen:
        return False
    parts = rest.split("-")
    return "$" in rest or any(part[:1].isdigit() for part in parts)
