"""The words of a command told apart: options, their values, arguments and subcommands."""

from __future__ import annotations

from .commands import Command, ShellWord


def texts(command: Command) -> list[str]:
    """The words behind the program."""
    return [word.text for word in command.words[1:]]


def switches(command: Command) -> frozenset[str]:
    """The options of a command without their values: `-yq` is `-y`, `-q` and `-yq`, `--quiet=2` is `--quiet`."""
    found: set[str] = set()
    for word in command.words[1:]:
        text = word.text
        if text.startswith("--"):
            found.add(text.partition("=")[0])
        elif text.startswith("-"):
            found.add(text)
            found.update("-" + letter for letter in text[1:])
    return frozenset(found)


def named(command: Command, valued: frozenset[str]) -> list[ShellWord]:
    """The words of a command that are neither its program nor options nor values of options."""
    found: list[ShellWord] = []
    skip = rest = False
    for word in command.words[1:]:
        text = word.text
        if skip:
            skip = False
        elif rest or not text.startswith("-") or text == "-":
            found.append(word)
        elif text == "--":
            rest = True
        else:
            skip = text in valued
    return found


def value(words: list[str], *names: str) -> str | None:
    """The value of an option, given as `--name value` or `--name=value`."""
    for at, word in enumerate(words):
        if word in names and at + 1 < len(words):
            return words[at + 1]
        for name in names:
            if word.startswith(name + "="):
                return word[len(name) + 1 :]
    return None


def values(words: list[str], *names: str) -> tuple[str, ...]:
    """The values of an option that may be given several times; `-rFILE` counts for `-r`."""
    found: list[str] = []
    for at, word in enumerate(words):
        if word in names and at + 1 < len(words):
            found.append(words[at + 1])
        else:
            for name in names:
                if name.startswith("--") and word.startswith(name + "="):
                    found.append(word[len(name) + 1 :])
                elif not name.startswith("--") and word.startswith(name) and len(word) > len(name):
                    found.append(word[len(name) :])
    return tuple(found)


def arguments(words: list[str], valued: frozenset[str]) -> list[str]:
    """The words that are neither options nor values of options."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = word in valued
        else:
            found.append(word)
    return found


def subcommand(words: list[str], valued: frozenset[str]) -> tuple[str, list[str]]:
    """The first argument, and all words but it."""
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in valued
        else:
            return word, words[:at] + words[at + 1 :]
    return "", words


def is_place(word: str) -> bool:
    """Whether a word that names a package may be a path, or is not fixed enough to tell."""
    bare = word.partition("[")[0]
    return (
        word.startswith((".", "/", "$", "~", "`", "file:", "link:", "portal:"))
        or bare.endswith((".whl", ".tar.gz", ".tgz", ".zip", ".gem", ".jar", ".deb", ".rpm"))
        or ("/" in bare and not bare.startswith(("git+", "http:", "https:", "@", "git@")) and "://" not in bare)
    )
